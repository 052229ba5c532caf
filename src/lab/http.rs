//! Requests and answers, as they go over the simulated wire.

use alloc::borrow::Cow;

use crate::prelude::*;

/// A request to Stripe's API, or to the proxy before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// `POST`, say.
    pub method: String,
    /// `/v1/…`, with its query.
    pub path: String,
    /// Names are in lower case. The credential is among them.
    pub headers: Vec<(String, String)>,
    /// Form-encoded.
    pub body: String,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// An answer to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names are in lower case.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// JSON in ASCII; HTML where a gateway speaks.
    pub body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: String) -> Answer {
        let mut answer = Answer { status, headers: Vec::with_capacity(6), body };
        answer.add("content-type", "application/json");
        answer
    }

    /// What a load balancer between here and Stripe says.
    pub(crate) fn bad_gateway() -> Answer {
        let body = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n";
        let headers = Vec::from([(Cow::Borrowed("content-type"), "text/html".to_string())]);
        Answer { status: 502, headers, body: body.to_string() }
    }

    pub(crate) fn add(&mut self, name: &'static str, value: &str) {
        self.headers.push((Cow::Borrowed(name), value.to_string()));
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}
