#include "assay/wire/codec.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace assay::wire {

Result<Message> decode_message(Frame frame) {
    const nlohmann::json header = nlohmann::json::parse(frame.header, nullptr, false);
    if (!header.is_object() || !header.contains("id") || !header["id"].is_number_unsigned() ||
        !header.contains("name") || !header["name"].is_string() || !header.contains("body")) {
        return fail("a frame is not a message", {}, kOtherVersion);
    }
    return Message{
        header["id"].get<std::uint64_t>(), header["name"].get<std::string>(), std::move(frame)};
}

Failure unreadable(const Message& message, const std::string& complaint) {
    return {fmt::format("the message \"{}\" cannot be read: {}", message.name, complaint),
            {},
            kOtherVersion};
}

}  // namespace assay::wire
