#pragma once

#include "lib/base/error.hpp"
#include "lib/base/time.hpp"
#include "lib/change/change.hpp"
#include "lib/config/pattern.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/encode/transaction_counter.hpp"
#include "lib/publish/sink.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::pipeline {

// Of the logical messages of source.heartbeat, which are never published.
inline constexpr std::string_view heartbeat_prefix = "walferry.heartbeat";

// Where records of one kind go.
struct destination {
    std::string name;
    std::optional<publish::topic_id> id;  // nothing: not opened by the present sink
    std::int32_t partitions = 0;
};

// The topics that belong to no table: logical messages, transactions, heartbeats, accepted gaps.
// Pure.
class side_topics {
public:
    // Errors: config_invalid (source.messages).
    static result<side_topics> make(const config::settings& settings);

    // The database that messages name. Errors: table_unfit.
    result<void> connected_to(const std::string& database);

    // What encoders of tables count with; null unless events.transactions is on.
    encode::transaction_counter* counter() { return counter_.get(); }

    // Of the topics that must be there before the first record, those that are not; the one of gaps
    // only when there is a gap to tell.
    std::vector<publish::topic_request> missing(bool gap) const;

    bool keeps(const pgoutput::logical_message& message) const;
    publish::topic_request message_request() const;

    void opened(const std::vector<publish::opened_topic>& topics);
    void new_sink();

    const destination& messages() const { return messages_; }
    const destination& transactions() const { return transactions_; }
    const destination& heartbeats() const { return heartbeats_; }
    const destination& dead_letters() const { return dead_letters_; }
    const destination& gaps() const { return gaps_; }
    encode::table_encoder& message_encoder() { return *message_encoder_; }

    // The heartbeat that is due, if one is.
    std::optional<encode::encoded_record> heartbeat(const moment& now);

private:
    side_topics() = default;

    publish::topic_request request(const destination& where) const;

    const config::settings* settings_ = nullptr;
    config::pattern_list prefixes_;
    std::unique_ptr<encode::transaction_counter> counter_;
    std::unique_ptr<encode::table_encoder> message_encoder_;
    std::unique_ptr<encode::heartbeat_encoder> heartbeat_encoder_;
    destination messages_;
    destination transactions_;
    destination heartbeats_;
    destination dead_letters_;
    destination gaps_;
    std::optional<instant> last_heartbeat_;
};

}  // namespace walferry::pipeline
