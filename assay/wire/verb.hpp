#pragma once
// Rows of a server's table of verbs. A handler is a member function of the server, of one of these
// forms:
//   - Result<Loaded> load(const Load& request): its result is the reply.
//   - void quantize(std::uint64_t id, Quantize request): it replies by itself, now or later.
//
// verb<&Server::load>() is its row. The row's name is the request's; the request is read before the
// handler is called. The server has `void send(const Frame&)`.

#include <cstdint>
#include <string_view>
#include <utility>

#include "assay/wire/codec.hpp"
#include "assay/wire/messages.hpp"

namespace assay::wire {

/// A row: the verb's name, and what reads a request and calls its handler.
template <class Server>
struct Verb {
    std::string_view name;
    void (*serve)(Server& server, const Message& message);
};

namespace detail {

template <auto kHandler>
struct Handler;

template <class Server,
          class Request,
          Result<typename Request::Done> (Server::*kHandle)(const Request&)>
struct Handler<kHandle> {
    using ServerType = Server;
    using RequestType = Request;
    static void call(Server& server, std::uint64_t id, const Request& request) {
        const Result<typename Request::Done> done = (server.*kHandle)(request);
        server.send(done ? encode(id, *done) : encode(id, Failed{done.error()}));
    }
};

template <class Server, class Request, void (Server::*kHandle)(std::uint64_t, Request)>
struct Handler<kHandle> {
    using ServerType = Server;
    using RequestType = Request;
    static void call(Server& server, std::uint64_t id, Request request) {
        (server.*kHandle)(id, std::move(request));
    }
};

}  // namespace detail

/// The row of a handler. A request that cannot be read is answered with Failed.
template <auto kHandler>
constexpr auto verb() {
    using Handler = detail::Handler<kHandler>;
    using Server = typename Handler::ServerType;
    using Request = typename Handler::RequestType;
    return Verb<Server>{Request::kName, [](Server& server, const Message& message) {
                            auto request = decode<Request>(message);
                            if (!request) {
                                return server.send(encode(message.id, Failed{request.error()}));
                            }
                            Handler::call(server, message.id, std::move(*request));
                        }};
}

}  // namespace assay::wire
