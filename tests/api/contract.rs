//! x
use crate::stand::*;
#[test]
fn smoke() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let m = world.a_model("Tổ liên gia 1");
    world.chief.get(&m).is(200);
    assert_eq!(journal::changes(&stand.database).len(), 8);
    journal::assert_gapless(&stand.database);
}
