#include "assay/wire/fields.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace assay::wire {

using nlohmann::json;

namespace {

std::string pack(const std::vector<std::int32_t>& tokens) {
    std::string out;
    out.reserve(tokens.size() * 4);
    for (const std::int32_t token : tokens) {
        const auto u = static_cast<std::uint32_t>(token);
        for (int shift = 0; shift < 32; shift += 8) {
            out += static_cast<char>(u >> shift & 255);
        }
    }
    return out;
}

std::vector<std::int32_t> unpack(std::string_view bytes) {
    std::vector<std::int32_t> out(bytes.size() / 4);
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::uint32_t u = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            u |= std::uint32_t{static_cast<unsigned char>(bytes[4 * i + k])} << (8 * k);
        }
        out[i] = static_cast<std::int32_t>(u);
    }
    return out;
}

}  // namespace

struct FieldWriter::State {
    json body = json::object();
    std::string payload;
};

FieldWriter::FieldWriter() : state_(std::make_unique<State>()) {}
FieldWriter::~FieldWriter() = default;

template <HeaderValue T>
void FieldWriter::operator()(const char* name, const T& value) {
    state_->body[name] = value;
}

void FieldWriter::operator()(const char* name, const std::vector<std::int32_t>& tokens) {
    bytes(name, pack(tokens));
}

void FieldWriter::bytes(const char* name, const std::string& value) {
    state_->body[name] = value.size();
    state_->payload += value;
}

Frame FieldWriter::frame(std::uint64_t id, std::string_view message) {
    const json header{{"id", id}, {"name", message}, {"body", std::move(state_->body)}};
    return {header.dump(-1, ' ', false, json::error_handler_t::replace),
            std::move(state_->payload)};
}

struct FieldReader::State {
    json body;
    std::string_view payload;  ///< what is left of it
    std::optional<std::string> complaint;

    void complain(std::string sentence) {
        if (!complaint) {
            complaint = std::move(sentence);
        }
    }
};

FieldReader::FieldReader(const Frame& frame) : state_(std::make_unique<State>()) {
    const json header = json::parse(frame.header, nullptr, false);
    if (header.is_object() && header.contains("body")) {
        state_->body = header["body"];
    }
    state_->payload = frame.payload;
}
FieldReader::~FieldReader() = default;

template <HeaderValue T>
void FieldReader::operator()(const char* name, T& value) {
    try {
        state_->body.at(name).get_to(value);
    } catch (const json::exception&) {
        state_->complain(fmt::format("its field {} is missing or of another type", name));
    }
}

std::string_view FieldReader::take_payload(const char* name) {
    std::uint64_t size = 0;
    (*this)(name, size);
    if (size > state_->payload.size()) {
        state_->complain(fmt::format("its payload is too short for {}", name));
        return {};
    }
    const std::string_view taken = state_->payload.substr(0, size);
    state_->payload.remove_prefix(size);
    return taken;
}

void FieldReader::operator()(const char* name, std::vector<std::int32_t>& tokens) {
    tokens = unpack(take_payload(name));
}

void FieldReader::bytes(const char* name, std::string& value) {
    value = take_payload(name);
}

std::optional<std::string> FieldReader::complaint() const {
    if (!state_->complaint && !state_->payload.empty()) {
        return "its payload is too long";
    }
    return state_->complaint;
}

// The types of HeaderValue.
#define ASSAY_WIRE_HEADER_VALUE(...)                                                   \
    template void FieldWriter::operator()(const char* name, const __VA_ARGS__& value); \
    template void FieldReader::operator()(const char* name, __VA_ARGS__& value);
ASSAY_WIRE_HEADER_VALUE(bool)
ASSAY_WIRE_HEADER_VALUE(int)
ASSAY_WIRE_HEADER_VALUE(std::uint32_t)
ASSAY_WIRE_HEADER_VALUE(std::int64_t)
ASSAY_WIRE_HEADER_VALUE(std::uint64_t)
ASSAY_WIRE_HEADER_VALUE(double)
ASSAY_WIRE_HEADER_VALUE(std::string)
ASSAY_WIRE_HEADER_VALUE(std::vector<std::string>)
ASSAY_WIRE_HEADER_VALUE(std::vector<double>)
ASSAY_WIRE_HEADER_VALUE(std::map<std::string, int>)
#undef ASSAY_WIRE_HEADER_VALUE

}  // namespace assay::wire
