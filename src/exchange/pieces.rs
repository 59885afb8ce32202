//! The files of jobs, in pieces that are sealed by the job's own key. Nothing of a file is ever kept in the
//! clear, and once the key is gone nothing of it is kept at all.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::catalogue::ResourceType;
use crate::access::{Tx, WriteTx};
use crate::error::{Error, Result};
use crate::schema::exchange_pieces as pieces;
use crate::types::AnyId;
use crate::vault::{PersonKey, Spot};

/// The bytes of a piece.
pub const PIECE: usize = 512 << 10;
/// The one file of an import.
const UPLOAD: &str = "upload";

fn spot<'a>(row: &'a dyn std::fmt::Display) -> Spot<'a> {
    Spot { table: "exchange_pieces", column: "sealed", row }
}

fn place(job: AnyId, file: &str, number: i32) -> String {
    format!("{job}/{file}/{number}")
}

/// Keeps a piece. The caller owes no entry: it is part of a job.
pub fn keep(tx: &mut WriteTx<'_>, key: &PersonKey, job: AnyId, file: &str, number: i32, bytes: &[u8]) -> Result<()> {
    let sealed = key.seal(spot(&place(job, file, number)), bytes)?;
    diesel::insert_into(pieces::table)
        .values((pieces::job_id.eq(job), pieces::file.eq(file), pieces::number.eq(number), pieces::sealed.eq(sealed)))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps the file of an import.
pub fn keep_all(tx: &mut WriteTx<'_>, key: &PersonKey, job: AnyId, bytes: &[u8]) -> Result<()> {
    for (number, piece) in (0..).zip(bytes.chunks(PIECE)) {
        keep(tx, key, job, UPLOAD, number, piece)?;
    }
    Ok(())
}

/// A piece of a file; none behind the last, or once the key is gone.
pub fn open(tx: &mut Tx<'_>, job: AnyId, file: &str, number: i32) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let found = pieces::table.find((job, file, number)).select(pieces::sealed);
    let sealed: Option<Vec<u8>> = found.first(tx.conn()).optional()?;
    match (sealed, tx.person_key(job.cast())?) {
        (Some(sealed), Some(key)) => key.open(spot(&place(job, file, number)), &sealed).map(Some),
        (_, _) => Ok(None),
    }
}

/// A piece of a file of an export.
pub fn open_piece(
    tx: &mut Tx<'_>,
    job: AnyId,
    resource: ResourceType,
    number: i32,
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    open(tx, job, resource.as_str(), number)
}

/// The file of an import.
pub fn open_all(tx: &mut Tx<'_>, job: AnyId) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    for number in 0.. {
        match open(tx, job, UPLOAD, number)? {
            Some(piece) => bytes.extend_from_slice(&piece),
            None => break,
        }
    }
    match tx.person_key(job.cast())? {
        Some(_) => Ok(bytes),
        None => Err(Error::internal("an import whose file is gone")),
    }
}

/// Removes the files of a job; with its key the job is free of them, wherever copies lie.
pub fn remove(tx: &mut WriteTx<'_>, job: AnyId) -> Result<()> {
    diesel::delete(pieces::table.filter(pieces::job_id.eq(job))).execute(tx.conn())?;
    Ok(())
}
