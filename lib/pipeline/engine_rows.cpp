// Rows that name their topic themselves: those of an outbox or an event store.

#include "lib/pipeline/engine.hpp"

namespace walferry::pipeline {

// True when the row waits until its topic is open. What is wrong with it is told when it is its
// turn.
bool engine::hold_for_row(const pgoutput::insert& message, std::string_view payload, lsn at) {
    const auto* table = assembler_.relations().find(message.relation);
    auto* plan = table == nullptr ? nullptr : plans_.find(*table);
    if (plan == nullptr || !plan->by_row || message.after.size() != table->columns.size()) {
        return false;
    }
    auto found = plans_.destination_of(*plan, *table, message.after);
    if (!found || found->opened != nullptr) {
        return false;
    }
    hold_until_open(payload, at, plans_.request_of(*plan, *found->name));
    return true;
}

// False when the row has no topic: it was taken care of.
bool engine::find_row_topic(const change::change& what, const moment& now) {
    row_topic_ = nullptr;
    bool names_topic =
        what.what == change::operation::insert || what.what == change::operation::read;
    if (!plan_->by_row || !names_topic) {
        return true;
    }
    auto found = plans_.destination_of(*plans_.find(*what.table), *what.table, what.after);
    if (!found) {
        found.error().message += " at " + to_string(what.at);
        cannot_publish(std::move(found.error()), now);
        return false;
    }
    row_topic_ = found->opened;
    return true;
}

// Only what is wrong with one row is poison. A change of history is not passed over as such.
void engine::cannot_publish(error why, const moment& now) {
    if (why.kind == error_kind::not_encodable) {
        not_encodable(std::move(why), now);
    } else {
        give_up(std::move(why));
    }
}

// Read again from the beginning of the transaction, and in text from then on.
void engine::go_on_in_text(const change::change& what, const moment& now) {
    text_only_ = true;
    note({report::severity::info,
          "binary_left",
          "table " + to_string(*what.table) +
              " has a column whose binary form does not say what its text says; the stream goes "
              "on in text",
          "source.binary: false begins with text",
          what.at.commit,
          {}});
    lose_connection();
    reconnect(now);
}

}  // namespace walferry::pipeline
