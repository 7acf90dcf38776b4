// Stream blocks: what stands between 'S' and 'E' carries a transaction id.

#include "decoders/pgoutput/decoder.hpp"
#include "tests/support/pgoutput_builder.hpp"
#include "tests/unit/pgoutput/samples.hpp"

#include <catch2/catch.hpp>

using namespace walferry::test;
namespace pgoutput = walferry::pgoutput;
using pgoutput::defect;

namespace {

struct stream {
    defect feed(std::string message) {
        last = std::move(message);
        return decoder.decode(last, result);
    }

    pgoutput::decoder decoder;
    pgoutput::message result;
    std::string last;
};

}  // namespace

TEST_CASE("messages inside a block carry the id of their subtransaction") {
    stream in;
    REQUIRE(in.feed(stream_start(6, true)) == defect::none);
    CHECK(std::get<pgoutput::stream_start>(in.result.content).xid == 6);
    CHECK(std::get<pgoutput::stream_start>(in.result.content).first_block);
    for (const auto& sample : samples()) {
        if (sample.carries_xid) {
            CAPTURE(sample.name);
            REQUIRE(in.feed(in_block(0xfffffff0, sample.bytes)) == defect::none);
            CHECK(in.result.xid == 0xfffffff0);
        }
    }
    REQUIRE(in.feed(insert(77, texts({"x"}))) != defect::none);  // an id is missing
    REQUIRE(in.feed(stream_stop()) == defect::none);
    CHECK(std::holds_alternative<pgoutput::stream_stop>(in.result.content));
}

TEST_CASE("messages behind a block carry none again") {
    stream in;
    REQUIRE(in.feed(stream_start(6, false)) == defect::none);
    CHECK_FALSE(std::get<pgoutput::stream_start>(in.result.content).first_block);
    REQUIRE(in.feed(in_block(7, insert(77, texts({"x"})))) == defect::none);
    REQUIRE(in.feed(stream_stop()) == defect::none);
    REQUIRE(in.feed(insert(78, texts({"y"}))) == defect::none);
    CHECK(in.result.xid == 0);
    CHECK(std::get<pgoutput::insert>(in.result.content).relation == 78);
}

TEST_CASE("an origin inside a block carries no id") {
    stream in;
    REQUIRE(in.feed(stream_start(6, true)) == defect::none);
    REQUIRE(in.feed(origin({}, "elsewhere")) == defect::none);
    CHECK(in.result.xid == 0);
    CHECK(std::get<pgoutput::origin>(in.result.content).name == "elsewhere");
}

TEST_CASE("blocks do not nest and do not end unopened") {
    stream in;
    CHECK(in.feed(stream_stop()) == defect::bad_block);
    REQUIRE(in.feed(stream_start(6, true)) == defect::none);
    CHECK(in.feed(stream_start(6, false)) == defect::bad_block);
    REQUIRE(in.feed(stream_stop()) == defect::none);
    CHECK(in.feed(stream_stop()) == defect::bad_block);
}

TEST_CASE("a block marker with a defect opens and closes nothing") {
    stream in;
    CHECK(in.feed(stream_start(6, true) + 'x') == defect::trailing_bytes);
    REQUIRE(in.feed(insert(77, {})) == defect::none);  // no id expected
    REQUIRE(in.feed(stream_start(6, true)) == defect::none);
    CHECK(in.feed("Ex") == defect::trailing_bytes);
    REQUIRE(in.feed(in_block(7, insert(77, {}))) == defect::none);  // still inside
}

TEST_CASE("a new session forgets an open block") {
    stream in;
    REQUIRE(in.feed(stream_start(6, true)) == defect::none);
    in.decoder.reset();
    REQUIRE(in.feed(insert(77, texts({"x"}))) == defect::none);
    CHECK(in.result.xid == 0);
}
