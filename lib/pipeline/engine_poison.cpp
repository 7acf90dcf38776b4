// Records that can never be published: told by the broker of the record or by the encoder of the
// change.

#include "lib/base/assert.hpp"
#include "lib/pipeline/engine.hpp"

#include <algorithm>

namespace walferry::pipeline {
namespace {

constexpr const char* other_policies =
    "; or set on_poison to dead_letter or skip to go on without it";

}  // namespace

// The stream is replayed, or the tables of the snapshot that are not done are read again, and the
// record is taken out when it comes again.
void engine::record_refused(const publish::refused_record& refused, error why, const moment& now) {
    if (phase_ == phase::finished) {
        return;
    }
    poison found;
    const auto commit = ledger_.commit_of(refused.ticket);
    found.at = {commit.value_or(lsn{}), refused.sequence};
    const auto* row = course_.out().find(refused.ticket, refused.sequence);
    if (row == nullptr) {
        row = incremental_.out().find(refused.ticket, refused.sequence);
    }
    if (row != nullptr) {
        found.at = row->at;
        found.row_content = row->content;
    }
    // Of a transaction that a lost connection cut off: it is refused again when that comes again.
    const bool interrupted = !commit && !found.row_content;
    found.table = plans_.table_of(refused.topic);
    found.topic = refused.topic;
    found.key = refused.key;
    found.bytes = refused.bytes;
    found.tombstone = refused.tombstone;
    found.too_large = refused.too_large;
    found.reason = why.message;
    const bool comes_again =
        (found.at.commit || interrupted) && refused.topic != side_.dead_letters().name;
    why.message = to_string(found) + ": " + why.message;
    if (settings_.on_poison == config::poison_policy::stop || !comes_again) {
        if (comes_again) {
            why.hint += why.hint.empty() ? other_policies + 2 : other_policies;
        }
        ++counters_.poison_stopped;
        give_up(std::move(why));
        return;
    }
    const bool found_in_snapshot = found.row_content.has_value();
    if (!interrupted) {
        poisons_.add(std::move(found));
    }
    sink_pause_.reset();
    why.kind = error_kind::delivery_failed;
    why.message += found_in_snapshot ? "; what is not done of the snapshot is read again without it"
                                     : "; the stream is replayed without it";
    sink_failed(std::move(why), now);
}

// Whether the record is one of those: then it was taken care of.
bool engine::diverts(const std::string& topic, const record& what) {
    const auto* known = snapshot_row_ == nullptr ? poisons_.find(publishing_, topic, what)
                                                 : poisons_.find_row(topic, snapshot_row_->content);
    if (known == nullptr) {
        return false;
    }
    bury(*known, &what);
    return true;
}

void engine::not_encodable(error why, const moment& now) {
    if (settings_.on_poison == config::poison_policy::stop) {
        why.hint += why.hint.empty() ? other_policies + 2 : other_policies;
        ++counters_.poison_stopped;
        give_up(std::move(why));
        return;
    }
    poison found;
    found.at = publishing_;
    found.table = plan_ == nullptr ? "" : plan_->table;
    found.topic = plan_ == nullptr ? side_.messages().name : plan_->topic_name;
    found.kind = why.kind;
    found.reason = why.message;
    publishing_now_ = now;
    bury(found, nullptr);
}

void engine::bury(const poison& what, const record* original) {
    const bool kept = settings_.on_poison == config::poison_policy::dead_letter;
    note({report::severity::warning,
          kept ? "dead_letter" : "poison_skipped",
          to_string(what) + ": " + what.reason +
              (kept ? "; goes to topic " + side_.dead_letters().name : "; left out"),
          {},
          what.at.commit,
          what.kind});
    if (!kept) {
        ++counters_.poison_skipped;
        return;
    }
    ++counters_.dead_letters;
    const auto& where = side_.dead_letters();
    WALFERRY_ASSERT(where.id.has_value());
    const dead_letter letter{what, original, publishing_now_.wall.microseconds / 1000};
    ledger_.sent();
    sink_->produce(*where.id, 0, letter.bytes(), ticket_);
    ++counters_.records;
}

}  // namespace walferry::pipeline
