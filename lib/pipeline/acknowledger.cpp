#include "lib/pipeline/acknowledger.hpp"

#include "lib/base/assert.hpp"

namespace walferry::pipeline {

acknowledger::decision acknowledger::decide(lsn acknowledgeable, instant now, urgency how) {
    decision made;
    bool hurry = how == urgency::now;
    if (must_store(acknowledgeable) && (hurry || now - last_write_ >= pause_)) {
        made.write_state = true;
        made.state = acknowledgeable;
        writing_ = true;
        // The first one of a session is what was known before: what is confirmed then need not
        // wait, or a process that is killed again and again publishes the same for ever.
        last_write_ = wrote_in_session_ ? now : instant{};
        wrote_in_session_ = true;
    }
    made.status = reportable(acknowledgeable);
    bool advanced = listened_to_ && made.status > told_ && now - last_report_ >= pause_;
    bool regular = now - last_report_ >= regular_;
    if (hurry || advanced || regular) {
        last_report_ = now;
        made.send_status = listened_to_;
    }
    if (made.send_status) {
        WALFERRY_ASSERT(made.status >= told_);
        told_ = made.status;
        reported_ = std::max(reported_, told_);
    }
    return made;
}

void acknowledger::state_written(lsn at) {
    writing_ = false;
    if (written_for_earlier_session_) {
        written_for_earlier_session_ = false;
        return;
    }
    WALFERRY_ASSERT(at >= stored_);
    stored_ = at;
    stored_in_session_ = listened_to_;
}

instant acknowledger::next_deadline(lsn acknowledgeable) const {
    if (must_store(acknowledgeable)) {
        return last_write_ + pause_;
    }
    return last_report_ + (listened_to_ && reportable(acknowledgeable) > told_ ? pause_ : regular_);
}

}  // namespace walferry::pipeline
