// The one coroutine type of the house. A connector needs no more of Asio than this.
#pragma once
#include <boost/asio/awaitable.hpp>

namespace crossdock {

namespace asio = boost::asio;

/// A coroutine that runs on the loop that awaits it. Name what you await, then await it (GCC 12 destroys temporaries twice):
///   auto answer = responder.ask(call, question);
///   Result<Record> record = co_await std::move(answer);
template <class T>
using Task = asio::awaitable<T>;

}  // namespace crossdock
