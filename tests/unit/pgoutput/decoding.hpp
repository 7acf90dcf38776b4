#pragma once

#include "decoders/pgoutput/decoder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace walferry::test {

// One message with the decoder and the bytes that it borrows from.
struct decoding {
    explicit decoding(std::string message) : bytes(std::move(message)) {
        found = decoder.decode(bytes, result);
    }

    // The content; fails the test when the message was not understood or is another.
    template <typename content>
    const content& as() const {
        REQUIRE(describe(found) == describe(pgoutput::defect::none));
        REQUIRE(std::holds_alternative<content>(result.content));
        return std::get<content>(result.content);
    }

    std::string bytes;
    pgoutput::decoder decoder;
    pgoutput::message result;
    pgoutput::defect found;
};

}  // namespace walferry::test
