use ctem_core::wire;

/// An error of the core as one of Node's, whose message is the error's document; `index.js` makes it a `CtemError`.
pub(crate) fn raise(error: ctem_core::Error) -> napi::Error {
    napi::Error::from_reason(wire::error(&error))
}
