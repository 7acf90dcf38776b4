#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"

#include <algorithm>
#include <chrono>

namespace walferry::pipeline {

// Decides when a position is stored and when it is reported to PostgreSQL. A position is reported
// only after it was stored, where state is kept, so that a slot ahead of the stored position always
// means that somebody else moved it. Pure.
class acknowledger {
public:
    enum class urgency {
        due,  // a pause has passed since the last report, or the regular report is due
        now,  // the server asked, or this is the end
    };

    struct decision {
        bool write_state = false;
        bool send_status = false;
        lsn state;   // to write
        lsn status;  // to report as flush
    };

    acknowledger(lsn already, bool keeps_state, std::chrono::milliseconds pause,
                 std::chrono::milliseconds regular)
        : reported_(already),
          told_(already),
          stored_(already),
          keeps_state_(keeps_state),
          pause_(pause),
          regular_(regular) {}

    // `acknowledgeable` is the ledger's. The caller performs what is decided.
    decision decide(lsn acknowledgeable, instant now, urgency how);

    // Nobody listens until the next session: what is stored meanwhile was not reported.
    void session_over() { listened_to_ = stored_in_session_ = false; }

    // A new session: the server knows nothing of us until the first report, which is due at once.
    // What an earlier session stored counts no more, because another process may have streamed, and
    // cleaned up, in between. For the same reason nothing beyond `confirmed`, the slot's, is
    // reported until this session has stored a position: an earlier report may have been lost with
    // its connection.
    void new_session(lsn confirmed) {
        told_ = keeps_state_ ? std::min(reported_, confirmed) : reported_;
        listened_to_ = true;
        last_report_ = last_write_ = instant{};
        wrote_in_session_ = stored_in_session_ = false;
        stored_ = lsn{};
        written_for_earlier_session_ = writing_;
    }

    void state_written(lsn at);

    // What stores positions is gone, with what it was writing; nothing is written until it is back.
    void state_lost() {
        writing_ = written_for_earlier_session_ = false;
        store_gone_ = true;
    }
    void state_ready() { store_gone_ = false; }

    // Begins where a new start is allowed to, perhaps further back: a gap was accepted, nothing is
    // known, or another timeline lacks the end of what was acknowledged. What is being written now
    // counts no more.
    void begin_at(lsn at) {
        reported_ = told_ = stored_ = at;
        written_for_earlier_session_ = writing_;
    }

    // Whether a position that this session wrote is stored. Only then others' are superfluous: one
    // that is written between two sessions knows nothing of what a third process stores.
    bool stored_in_session() const { return stored_in_session_; }

    // The highest LSN that was ever reported as flush.
    lsn reported() const { return reported_; }
    // The same of this session: what may be told again.
    lsn told() const { return told_; }
    lsn reportable(lsn acknowledgeable) const {
        return keeps_state_ ? std::max(stored_, told_) : acknowledgeable;
    }
    bool settled(lsn acknowledgeable) const { return told_ == acknowledgeable && !writing_; }

    bool writing() const { return writing_; }
    bool keeps_state() const { return keeps_state_; }

    // When decide() must be called again at the latest.
    instant next_deadline(lsn acknowledgeable) const;

private:
    bool must_store(lsn acknowledgeable) const {
        return keeps_state_ && !writing_ && !store_gone_ && acknowledgeable > stored_;
    }

    lsn reported_;
    lsn told_;
    lsn stored_;
    bool keeps_state_;
    bool writing_ = false;
    bool written_for_earlier_session_ = false;
    bool store_gone_ = false;
    bool listened_to_ = true;
    std::chrono::milliseconds pause_;
    std::chrono::milliseconds regular_;
    instant last_report_{};
    instant last_write_{};
    bool wrote_in_session_ = false;
    bool stored_in_session_ = false;
};

}  // namespace walferry::pipeline
