#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace walferry::simulation {

// Deliberate mistakes of the surroundings of the engine: the history with one of them behaves as if
// the engine itself made it. A suite that cannot see them would prove nothing.
enum class variant {
    none,
    acknowledge_on_send,           // a record counts as confirmed once it was handed over
    resend_behind_successors,      // a failed batch is queued again behind what followed it
    acknowledge_open_transaction,  // the end of the transaction being read is reported
    believe_missing_offset,        // success without an offset is taken for success
    acknowledge_keepalive_early,   // a keepalive is acknowledged while records are out
    state_after_acknowledgement,   // the position is stored after it was reported
    start_above_unconfirmed,       // with a new producer, the stream goes on where it was
    ignore_keepalives,             // an idle table holds WAL for ever
    flush_goes_back,               // an old position is reported again
    ignore_back_pressure,          // the byte budget is not heeded
    forget_ticks,                  // deadlines are not kept
    drop_a_confirmation,           // one confirmation never reaches the engine
    lose_a_frame,                  // one frame of the stream is skipped
    wrong_partition,               // one key goes to two partitions
    keep_old_session,              // frames of a dead connection are read in the new one
    lose_a_letter,                 // a dead letter is confirmed that is not there
    range_ends_early,              // the end of what is caught up counts before it was read
    lose_a_range,                  // the rest of a range is taken for read
    range_passes_what_waits,       // a range ends before its last message was published
    publish_before_commit,         // the end of a stream block is taken for the commit
    keep_what_is_rolled_back,      // aborts of streamed subtransactions are not heeded
    one_state_key,                 // both instances write the same record of the state topic
    judge_by_own_memory,           // the slot is not compared with what the other one stored
    clean_up_before_record,        // records of earlier sessions go before the own one is there
    clean_up_unasked,              // and without asking the server who has the slot
};

struct named_variant {
    std::string_view name;
    variant what;
};

inline constexpr std::array<named_variant, 26> all_variants{{
    {"none", variant::none},
    {"acknowledge-on-send", variant::acknowledge_on_send},
    {"resend-behind-successors", variant::resend_behind_successors},
    {"acknowledge-open-transaction", variant::acknowledge_open_transaction},
    {"believe-missing-offset", variant::believe_missing_offset},
    {"acknowledge-keepalive-early", variant::acknowledge_keepalive_early},
    {"state-after-acknowledgement", variant::state_after_acknowledgement},
    {"start-above-unconfirmed", variant::start_above_unconfirmed},
    {"ignore-keepalives", variant::ignore_keepalives},
    {"flush-goes-back", variant::flush_goes_back},
    {"ignore-back-pressure", variant::ignore_back_pressure},
    {"forget-ticks", variant::forget_ticks},
    {"drop-a-confirmation", variant::drop_a_confirmation},
    {"lose-a-frame", variant::lose_a_frame},
    {"wrong-partition", variant::wrong_partition},
    {"keep-old-session", variant::keep_old_session},
    {"lose-a-letter", variant::lose_a_letter},
    {"range-ends-early", variant::range_ends_early},
    {"lose-a-range", variant::lose_a_range},
    {"range-passes-what-waits", variant::range_passes_what_waits},
    {"publish-before-commit", variant::publish_before_commit},
    {"keep-what-is-rolled-back", variant::keep_what_is_rolled_back},
    {"one-state-key", variant::one_state_key},
    {"judge-by-own-memory", variant::judge_by_own_memory},
    {"clean-up-before-record", variant::clean_up_before_record},
    {"clean-up-unasked", variant::clean_up_unasked},
}};

inline std::optional<variant> find_variant(std::string_view name) {
    for (const auto& known : all_variants) {
        if (known.name == name) {
            return known.what;
        }
    }
    return std::nullopt;
}

}  // namespace walferry::simulation
