//! ssvc
