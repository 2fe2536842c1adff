#include "assay/http/http_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <map>
#include <utility>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::http {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256u << 10;

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Transfer {
    std::unique_ptr<CURL, EasyDeleter> easy;
    HttpRequest request;
    std::ifstream file;
    std::size_t most_bytes = 0;
    std::unique_ptr<curl_slist, ListDeleter> headers;
    HttpReply reply;
    std::size_t header_bytes = 0;
    bool too_long = false;
    char error[CURL_ERROR_SIZE] = {};
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.too_long = transfer.reply.body.size() + size > transfer.most_bytes;
    if (transfer.too_long) {
        return 0;
    }
    transfer.reply.body.append(data, size);
    return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.header_bytes += size;
    transfer.too_long = transfer.header_bytes > kMaxHeaderBytes;
    if (transfer.too_long) {
        return 0;
    }
    const std::string_view line(data, size);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return size;
    }
    const std::string name = to_lower_ascii(line.substr(0, colon));
    if (name == "retry-after") {
        transfer.reply.retry_after = trim(line.substr(colon + 1));
    }
    if (name == "server") {
        transfer.reply.server = trim(line.substr(colon + 1));
    }
    if (name == "date") {
        transfer.reply.date = trim(line.substr(colon + 1));
    }
    if (name.find("ratelimit") != std::string::npos) {
        transfer.reply.limits[name] = trim(line.substr(colon + 1));
    }
    return size;
}

std::size_t on_read(char* data, std::size_t, std::size_t room, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.file.read(data, static_cast<std::streamsize>(room));
    return transfer.file.bad() ? CURL_READFUNC_ABORT
                               : static_cast<std::size_t>(transfer.file.gcount());
}

int on_seek(void* user, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<Transfer*>(user);
    std::ios::seekdir from = std::ios::end;
    if (origin == SEEK_SET) {
        from = std::ios::beg;
    } else if (origin == SEEK_CUR) {
        from = std::ios::cur;
    }
    transfer.file.clear();
    transfer.file.seekg(offset, from);
    return transfer.file ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

void initialise_curl_once() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) {
        throw_operational(fmt::format("libcurl does not start: {}", curl_easy_strerror(code)));
    }
}

std::string describe(CURLcode code, const Transfer& transfer, const HttpTarget& target) {
    if (transfer.too_long) {
        return fmt::format("{}: the reply is longer than {}",
                           target.host_and_port,
                           format_bytes(target.most_reply_bytes));
    }
    if (code == CURLE_OPERATION_TIMEDOUT && transfer.reply.connected) {
        return fmt::format(
            "{}: no whole reply within {:g} s", target.host_and_port, target.timeout_s);
    }
    // Only certificates need the long text; for the rest it holds times, which differ from run to
    // run.
    const bool tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
    return fmt::format("{}: {}",
                       target.host_and_port,
                       tls && transfer.error[0] ? transfer.error : curl_easy_strerror(code));
}

std::string address_of(const HttpTarget& target, const HttpRequest& request) {
    std::string out = target.url + request.path;
    if (!target.query.empty()) {
        out += (request.path.find('?') == std::string::npos ? "?" : "&") + target.query;
    }
    return out;
}

}  // namespace

HttpTarget target_at(const Endpoint& endpoint) {
    HttpTarget target;
    target.url = endpoint.base_url;
    target.query = endpoint.query;
    target.host_and_port = endpoint.host_and_port;
    target.use_proxy = !endpoint.loopback;
    return target;
}

struct HttpClient::State {
    std::vector<HttpTarget> targets;
    std::unique_ptr<CURLM, MultiDeleter> multi;
    std::map<CURL*, std::unique_ptr<Transfer>> transfers;

    static void add_header(Transfer& transfer, const std::string& line) {
        curl_slist* longer = curl_slist_append(transfer.headers.get(), line.c_str());
        if (!longer) {
            throw_operational("libcurl: out of memory");
        }
        static_cast<void>(transfer.headers.release());
        transfer.headers.reset(longer);
    }

    void add_headers(Transfer& transfer) const {
        for (const std::string& line : targets.at(transfer.request.target).headers) {
            add_header(transfer, line);
        }
        add_header(transfer,
                   "Expect:");  // no round trip before a long body: many servers never answer it
        if (!transfer.request.content_type.empty()) {
            add_header(transfer, "Content-Type: " + transfer.request.content_type);
        }
    }

    void configure(Transfer& transfer) {
        CURL* easy = transfer.easy.get();
        const auto set = [easy](CURLoption option, auto value) {
            const CURLcode code = curl_easy_setopt(easy, option, value);
            if (code != CURLE_OK) {
                throw_operational(fmt::format(
                    "libcurl option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
            }
        };
        const HttpRequest& request = transfer.request;
        const HttpTarget& target = targets.at(request.target);
        set(CURLOPT_URL, address_of(target, request).c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_HTTPHEADER, transfer.headers.get());
        set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
        if (request.method == "GET") {
            set(CURLOPT_HTTPGET, 1L);
        } else if (request.method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
        } else {
            set(CURLOPT_POST, 1L);
            if (request.method != "POST") {
                set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
            }
            if (request.file.empty()) {
                set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
                set(CURLOPT_POSTFIELDS, request.body.data());
            } else {
                set(CURLOPT_POSTFIELDSIZE_LARGE,
                    static_cast<curl_off_t>(std::filesystem::file_size(request.file)));
                set(CURLOPT_READFUNCTION, on_read);
                set(CURLOPT_READDATA, &transfer);
                set(CURLOPT_SEEKFUNCTION, on_seek);
                set(CURLOPT_SEEKDATA, &transfer);
            }
        }
        set(CURLOPT_ACCEPT_ENCODING, "");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_CONNECTTIMEOUT_MS, 10000L);
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::ceil(target.timeout_s * 1000)));
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // breaking off does not wait for a name server
        set(CURLOPT_USERAGENT, "assay");
        set(CURLOPT_ERRORBUFFER, transfer.error);
        set(CURLOPT_WRITEFUNCTION, on_body);
        set(CURLOPT_WRITEDATA, &transfer);
        set(CURLOPT_HEADERFUNCTION, on_header);
        set(CURLOPT_HEADERDATA, &transfer);
        if (!target.use_proxy) {
            set(CURLOPT_PROXY, "");
        }
    }

    HttpReply finish(CURL* easy, CURLcode code) {
        const auto found = transfers.find(easy);
        ASSAY_CHECK(found != transfers.end());
        Transfer& transfer = *found->second;
        // After a failed transfer the status may be set already; half a reply is none.
        long status = 0;
        curl_off_t ready_us = 0;  // from the start until the request could be sent; 0: never
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
        transfer.reply.connected = status != 0 || ready_us > 0;
        if (code == CURLE_OK) {
            transfer.reply.status = static_cast<int>(status);
        } else {
            transfer.reply.trouble = describe(code, transfer, targets[transfer.request.target]);
        }
        HttpReply reply = std::move(transfer.reply);
        curl_multi_remove_handle(multi.get(), easy);
        transfers.erase(found);
        return reply;
    }

    void perform() {
        int running = 0;
        const CURLMcode code = curl_multi_perform(multi.get(), &running);
        if (code != CURLM_OK) {
            throw_operational(fmt::format("libcurl: {}", curl_multi_strerror(code)));
        }
    }

    std::vector<HttpReply> collect() {
        perform();
        std::vector<HttpReply> replies;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg == CURLMSG_DONE) {
                replies.push_back(finish(message->easy_handle, message->data.result));
            }
        }
        return replies;
    }
};

HttpClient::HttpClient(std::vector<HttpTarget> targets) : state_(std::make_unique<State>()) {
    initialise_curl_once();
    state_->multi.reset(curl_multi_init());
    if (!state_->multi) {
        throw_operational("libcurl: out of memory");
    }
    state_->targets = std::move(targets);
}

HttpClient::~HttpClient() {
    for (const auto& [easy, transfer] : state_->transfers) {
        curl_multi_remove_handle(state_->multi.get(), easy);
    }
}

void HttpClient::send(std::size_t id, HttpRequest request) {
    auto transfer = std::make_unique<Transfer>();
    transfer->easy.reset(curl_easy_init());
    if (!transfer->easy) {
        throw_operational("libcurl: out of memory");
    }
    transfer->request = std::move(request);
    if (const auto& file = transfer->request.file; !file.empty()) {
        transfer->file.open(file, std::ios::binary);
        if (!transfer->file || !std::filesystem::is_regular_file(file)) {
            throw_operational("the file cannot be read", file.string());
        }
    }
    transfer->reply.id = id;
    transfer->most_bytes = state_->targets.at(transfer->request.target).most_reply_bytes;
    state_->add_headers(*transfer);
    state_->configure(*transfer);
    CURL* easy = transfer->easy.get();
    const CURLMcode code = curl_multi_add_handle(state_->multi.get(), easy);
    if (code != CURLM_OK) {
        throw_operational(fmt::format("libcurl: {}", curl_multi_strerror(code)));
    }
    state_->transfers.emplace(easy, std::move(transfer));
    // Off at once. Requests that waited for the others' prompts to be rendered would come back
    // together, too, and each would then wait until the others' verdicts are stored.
    state_->perform();
}

std::vector<HttpReply> HttpClient::poll(std::chrono::milliseconds wait) {
    const auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
        std::vector<HttpReply> replies = state_->collect();
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now());
        if (!replies.empty() || left.count() <= 0) {
            return replies;
        }
        const CURLMcode code = curl_multi_poll(
            state_->multi.get(), nullptr, 0, static_cast<int>(left.count()), nullptr);
        if (code != CURLM_OK) {
            throw_operational(fmt::format("libcurl: {}", curl_multi_strerror(code)));
        }
    }
}

HttpReply call(HttpClient& client, HttpRequest request, const std::atomic<bool>& cancel) {
    client.send(0, std::move(request));
    while (!cancel) {
        const auto replies = client.poll(std::chrono::milliseconds(100));
        if (!replies.empty()) {
            return replies.front();
        }
    }
    throw Error(ErrorKind::kInterrupted, {"stopped while a server was asked", {}, {}});
}

}  // namespace assay::http
