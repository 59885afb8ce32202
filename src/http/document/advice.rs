//! What a client does about each kind of problem, for the pages that problems point to. What is wrong
//! this time is said in the problem itself, not here.

use std::borrow::Cow::Borrowed;

use crate::error::Words;
use crate::http::problem::Kind;

/// What to do when a problem of this kind comes.
pub const fn advice(kind: Kind) -> Words {
    let (en, vi) = of(kind);
    Words { en: Borrowed(en), vi: Borrowed(vi) }
}

const fn of(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::InvalidRequest => (
            "Mend what the problem lists under errors: each names its place by pointer (in the body) or parameter. \
             The same request would be refused again.",
            "Hãy sửa những gì nêu trong errors: mỗi lỗi chỉ rõ chỗ sai bằng pointer (trong nội dung) hoặc parameter. \
             Gửi lại y nguyên sẽ lại bị từ chối.",
        ),
        Kind::Unauthenticated => (
            "Get a token at /oauth/token and send it as Authorization: Bearer. A token lives ten minutes: get the \
             next one and send the request once more. If none is given, the secret or key is wrong, or the account \
             was disabled.",
            "Hãy lấy mã truy cập tại /oauth/token và gửi trong Authorization: Bearer. Mã sống mười phút: lấy mã mới \
             rồi gửi lại một lần. Nếu không lấy được mã thì bí mật hay khóa sai, hoặc tài khoản đã bị khóa.",
        ),
        Kind::InsufficientScope => (
            "The detail names the scope that the operation needs, GET /v1/me those that you have. Ask whoever gave you \
             your account.",
            "Phần detail nêu phạm vi quyền mà thao tác cần, GET /v1/me nêu quyền bạn có. Hãy hỏi nơi cấp tài khoản.",
        ),
        Kind::NotFound => (
            "There is none, it was removed, or it lies outside your territory; which of these is not told. GET /v1/me \
             names your unit.",
            "Không có, đã bị xóa, hoặc nằm ngoài địa bàn của bạn; dịch vụ không cho biết là trường hợp nào. GET /v1/me \
             nêu đơn vị của bạn.",
        ),
        Kind::MethodNotAllowed => (
            "The Allow header names the methods that there are; the document says what each does.",
            "Tiêu đề Allow nêu các phương thức có thể dùng; tài liệu cho biết mỗi phương thức làm gì.",
        ),
        Kind::NotAcceptable => (
            "Leave the Accept header out, or ask for a media type that the document names for this operation.",
            "Hãy bỏ tiêu đề Accept, hoặc yêu cầu một định dạng mà tài liệu nêu cho thao tác này.",
        ),
        Kind::CursorExpired => (
            "Your rights or units have changed, so what you may see is another: empty your copy and read the feed \
             again with an empty cursor.",
            "Quyền hoặc địa bàn của bạn đã đổi, nên những gì bạn được xem cũng khác: hãy xóa bản sao và đọc lại dòng \
             thay đổi với con trỏ rỗng.",
        ),
        Kind::RequestTimeout => (
            "Send it again over a better connection; with its Idempotency-Key nothing is done twice.",
            "Hãy gửi lại qua đường truyền tốt hơn; có Idempotency-Key thì không việc gì bị làm hai lần.",
        ),
        Kind::Duplicate => (
            "The detail says of what there may be only one. Look for the record that is there and change that one.",
            "Phần detail cho biết cái gì không được trùng. Hãy tìm bản ghi đã có và sửa bản ghi đó.",
        ),
        Kind::ReferenceMissing => (
            "Look the identifier up in its list: the record was removed, or lies outside your territory.",
            "Hãy tra lại mã trong danh sách tương ứng: bản ghi đã bị xóa, hoặc nằm ngoài địa bàn của bạn.",
        ),
        Kind::InUse => (
            "Remove what points to it first, or end it by a date instead of removing it.",
            "Hãy xóa trước những bản ghi dẫn chiếu tới nó, hoặc đặt ngày kết thúc thay vì xóa.",
        ),
        Kind::InvalidTransition => (
            "Read the record for its status as it is now; the detail says which change is not possible.",
            "Hãy đọc lại bản ghi để biết trạng thái hiện tại; phần detail cho biết không thể chuyển thế nào.",
        ),
        Kind::UnitNotInForce => (
            "Ask /v1/units with validOn for the unit of that day; successorIds of the old one name those that followed.",
            "Hãy hỏi /v1/units kèm validOn để biết đơn vị của ngày đó; successorIds của đơn vị cũ nêu đơn vị kế tục.",
        ),
        Kind::CategoryNotInForce => (
            "Ask /v1/code-lists/{list}/codes with validOn for the codes of that day; replacedByCode names what follows.",
            "Hãy hỏi /v1/code-lists/{danh mục}/codes kèm validOn để biết mã của ngày đó; replacedByCode nêu mã thay thế.",
        ),
        Kind::RuleViolated => (
            "The detail says which rule, of this record or of those it points to. The same request would be refused \
             again until they change.",
            "Phần detail cho biết quy tắc nào, của bản ghi này hay của bản ghi được dẫn chiếu. Gửi lại y nguyên sẽ \
             lại bị từ chối cho đến khi chúng thay đổi.",
        ),
        Kind::IdempotencyInProgress => (
            "Wait a moment and send the same request with the same key again.",
            "Hãy đợi một lát rồi gửi lại đúng yêu cầu đó với cùng khóa.",
        ),
        Kind::Stale => (
            "Somebody else was faster. Read the record again, decide again, and send the change with the new ETag in \
             If-Match.",
            "Có người đã sửa trước. Hãy đọc lại bản ghi, quyết định lại, rồi gửi thay đổi với ETag mới trong If-Match.",
        ),
        Kind::TooLarge => (
            "A body holds 1 MiB at most, a file to be imported 32 MiB. Many records come in by POST /v1/imports, in as \
             many files as are needed.",
            "Nội dung tối đa 1 MiB, tệp nhập tối đa 32 MiB. Nhiều bản ghi thì nhập bằng POST /v1/imports, chia thành \
             nhiều tệp nếu cần.",
        ),
        Kind::UnsupportedMediaType => (
            "Name the body's media type in Content-Type as the document does: application/json for POST, \
             application/merge-patch+json for PATCH.",
            "Hãy nêu định dạng nội dung trong Content-Type như tài liệu: application/json cho POST, \
             application/merge-patch+json cho PATCH.",
        ),
        Kind::IdempotencyKeyReused => (
            "Take a new key for each new request, and the same key for the same request alone.",
            "Mỗi yêu cầu mới dùng một khóa mới; chỉ dùng lại khóa cho đúng yêu cầu cũ.",
        ),
        Kind::PreconditionRequired => (
            "Send the ETag of the record as you read it in If-Match, so that nobody's change is overwritten.",
            "Hãy gửi ETag của bản ghi như đã đọc trong If-Match, để không ghi đè thay đổi của người khác.",
        ),
        Kind::TooManyRequests => (
            "Wait as many seconds as Retry-After says; RateLimit-Remaining tells beforehand how many requests are left.",
            "Hãy đợi số giây nêu trong Retry-After; RateLimit-Remaining báo trước còn bao nhiêu yêu cầu.",
        ),
        Kind::Internal => (
            "Tell the operators the requestId: they find in the log what happened. A read may be tried again, and a \
             POST with its Idempotency-Key.",
            "Hãy báo requestId cho đơn vị vận hành để họ tìm trong nhật ký. Có thể đọc lại, hoặc gửi lại POST kèm \
             Idempotency-Key.",
        ),
        Kind::Unavailable => (
            "Wait as many seconds as Retry-After says and send it again, a POST with its Idempotency-Key.",
            "Hãy đợi số giây nêu trong Retry-After rồi gửi lại, với POST thì kèm Idempotency-Key.",
        ),
    }
}
