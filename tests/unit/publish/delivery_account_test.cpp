#include "lib/publish/delivery_account.hpp"

#include "lib/publish/broker_errors.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::publish;

namespace {

error saying(const char* text) {
    return {error_kind::delivery_failed, text, {}, {}};
}

}  // namespace

TEST_CASE("a failure is reported once, and a cause before its consequences") {
    failure_slot slot;
    sink_events out;
    CHECK_FALSE(slot.report(true, out));
    slot.offer(record_fate::follows, saying("purged"));
    CHECK(slot.any());
    CHECK_FALSE(slot.report(false, out));
    slot.offer(record_fate::refused, saying("refused"), refused_record{});
    slot.offer(record_fate::replay, saying("other"));
    CHECK(slot.report(false, out));
    CHECK(out.failed->message == "refused");
    CHECK(out.refused);
    CHECK_FALSE(slot.report(true, out));
}

TEST_CASE("consequences without a known cause are reported when nothing is out any more") {
    failure_slot slot;
    sink_events out;
    slot.offer(record_fate::follows, saying("purged"));
    CHECK(slot.report(true, out));
    CHECK(out.failed->message == "purged");
}

TEST_CASE("what the broker says decides between replay, poison and consequence") {
    CHECK(fate_of(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) == record_fate::refused);
    CHECK(fate_of(RD_KAFKA_RESP_ERR_INVALID_RECORD) == record_fate::refused);
    CHECK(fate_of(RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP) == record_fate::refused);
    CHECK(fate_of(RD_KAFKA_RESP_ERR_POLICY_VIOLATION) == record_fate::refused);
    CHECK(fate_of(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) == record_fate::replay);
    CHECK(fate_of(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) == record_fate::replay);
    CHECK(fate_of(RD_KAFKA_RESP_ERR_INVALID_MSG) == record_fate::replay);
    CHECK(fate_of(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) == record_fate::replay);
    CHECK(fate_of(RD_KAFKA_RESP_ERR__PURGE_QUEUE) == record_fate::follows);
    CHECK(broker_error(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "x").kind ==
          error_kind::poison_record);
    CHECK(broker_error(RD_KAFKA_RESP_ERR__AUTHENTICATION, "x").kind ==
          error_kind::broker_authentication);
    CHECK(broker_error(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, "x").kind == error_kind::delivery_failed);
    CHECK(fatal_error(RD_KAFKA_RESP_ERR_INVALID_RECORD, "x").kind == error_kind::delivery_failed);
}

TEST_CASE("the budget counts key, value, headers and librdkafka's own part") {
    producer_memory memory;
    failure_slot slot;
    partition_lanes lanes({1000, 100, std::chrono::milliseconds{1}, std::chrono::milliseconds{1}});
    delivery_account account(memory, slot, lanes, false);
    const header headers[] = {{"a", "1"}, {"b", "2"}};
    account.accepted({"key", "value", headers, 0});
    CHECK(account.bytes_out() == 8 + 190 + 200);
    account.accepted({std::nullopt, std::nullopt, {}, 0});
    CHECK(account.bytes_out() == 8 + 190 + 200 + 190);
    CHECK(account.records_out() == 2);
}

TEST_CASE("a record that is not taken keeps its place and the beginning of its key") {
    producer_memory memory;
    memory.singles_left = 5;
    failure_slot slot;
    partition_lanes lanes({1000, 100, std::chrono::milliseconds{1}, std::chrono::milliseconds{1}});
    delivery_account account(memory, slot, lanes, false);
    const auto packed = account.pack(9, 2);
    refused_record refused;
    refused.topic = "t";
    refused.key = std::string(5000, 'k');
    account.not_taken(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, std::move(refused), packed);
    sink_events out;
    REQUIRE(slot.report(false, out));
    CHECK(out.failed->kind == error_kind::poison_record);
    CHECK(out.refused->ticket == 9);
    CHECK(out.refused->sequence == 2);
    CHECK(out.refused->too_large);
    CHECK(out.refused->key->size() == 1024);
    CHECK(memory.singles_left == 0);
    CHECK(account.records_out() == 0);
}
