#pragma once
// A message (messages.hpp) as a frame, and back.

#include <cstdint>
#include <optional>
#include <string>

#include "assay/base/result.hpp"
#include "assay/wire/fields.hpp"
#include "assay/wire/frame.hpp"

namespace assay::wire {

/// What to do about a message that cannot be read, or is not known.
inline constexpr const char*
    kOtherVersion = "assay and assay-engine are of different versions: build both again.";

/// A message whose fields are not read yet.
struct Message {
    std::uint64_t id = 0;
    std::string name;
    Frame frame;  ///< as it came

    /// True if it has T's name.
    template <class T>
    [[nodiscard]] bool is() const {
        return name == T::kName;
    }
};

/// The frame of a message.
template <class T>
[[nodiscard]] Frame encode(std::uint64_t id, const T& message) {
    FieldWriter writer;
    T::fields(message, writer);
    return writer.frame(id, T::kName);
}

/// Id and name of a frame; a failure if it is no message.
[[nodiscard]] Result<Message> decode_message(Frame frame);

/// Says that a message cannot be read, and why.
[[nodiscard]] Failure unreadable(const Message& message, const std::string& complaint);

/// A message's fields. Fails where it is another message than T, or its fields are not T's.
template <class T>
[[nodiscard]] Result<T> decode(const Message& message) {
    if (!message.is<T>()) {
        return tl::unexpected<Failure>(
            unreadable(message, "\"" + std::string(T::kName) + "\" was expected"));
    }
    T out;
    FieldReader reader(message.frame);
    T::fields(out, reader);
    if (const auto complaint = reader.complaint()) {
        return tl::unexpected<Failure>(unreadable(message, *complaint));
    }
    return out;
}

}  // namespace assay::wire
