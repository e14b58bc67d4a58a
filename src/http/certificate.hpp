// What a server shows of itself over TLS: for who looks after it before callers are refused.
#pragma once
#include <boost/asio/io_context.hpp>
#include <string>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/base/time.hpp"
#include "crossdock/runtime/task.hpp"

namespace crossdock::http {

/// Until when the certificate of the server at an https URL is good, whether it would be trusted or not: an expired one is answered, too.
/// Nothing but the handshake is sent. Of its chain only the server's own is looked at.
Task<Result<Instant>> certificate_end(asio::io_context* loop, std::string url, Deadline deadline);

}  // namespace crossdock::http
