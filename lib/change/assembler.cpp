#include "lib/change/assembler.hpp"

#include <variant>

namespace walferry::change {
namespace {

tl::unexpected<error> violation(std::string what) {
    return fail(error_kind::protocol_violation, std::move(what),
                "report this with a capture of the stream (walferry record FILE)");
}

bool has_unchanged(pgoutput::row row) {
    for (const auto& value : row) {
        if (value.kind == pgoutput::value_kind::unchanged) {
            return true;
        }
    }
    return false;
}

}  // namespace

result<step> assembler::apply(const pgoutput::message& message, lsn at) {
    const auto& content = message.content;
    if (const auto* insert_message = std::get_if<pgoutput::insert>(&content)) {
        return insert(*insert_message, at);
    }
    if (const auto* update_message = std::get_if<pgoutput::update>(&content)) {
        return update(*update_message, at);
    }
    if (const auto* delete_message = std::get_if<pgoutput::delete_row>(&content)) {
        return delete_row(*delete_message, at);
    }
    if (const auto* begin_message = std::get_if<pgoutput::begin>(&content)) {
        return begin(*begin_message);
    }
    if (const auto* commit_message = std::get_if<pgoutput::commit>(&content)) {
        return commit(*commit_message);
    }
    if (const auto* relation_message = std::get_if<pgoutput::relation>(&content)) {
        announced_ = relations_.announce(*relation_message);
        return step::relation;
    }
    if (std::holds_alternative<pgoutput::type>(content)) {
        return step::nothing;
    }
    if (const auto* origin_message = std::get_if<pgoutput::origin>(&content)) {
        return origin(*origin_message);
    }
    if (const auto* truncate_message = std::get_if<pgoutput::truncate>(&content)) {
        return truncate(*truncate_message, at);
    }
    if (const auto* text = std::get_if<pgoutput::logical_message>(&content)) {
        return logical_message(*text, at);
    }
    return violation("a message that belongs to streamed or two-phase transactions came unasked");
}

void assembler::new_session() {
    relations_.new_session();
    changes_.clear();
    open_ = false;
}

result<step> assembler::begin(const pgoutput::begin& message) {
    if (open_) {
        return violation("a transaction began inside another");
    }
    open_ = true;
    sequence_ = 0;
    transaction_ = {
        message.xid, message.commit_lsn, from_postgres_time(message.commit_time), {}, {}};
    return step::begin;
}

result<step> assembler::commit(const pgoutput::commit& message) {
    if (!open_ || message.commit_lsn != transaction_.commit_lsn) {
        return violation("a commit at " + to_string(message.commit_lsn) +
                         " does not belong to the open transaction");
    }
    if (message.end_lsn <= message.commit_lsn) {
        return violation("a commit at " + to_string(message.commit_lsn) + " ends at " +
                         to_string(message.end_lsn));
    }
    open_ = false;
    end_lsn_ = message.end_lsn;
    return step::commit;
}

result<step> assembler::origin(const pgoutput::origin& message) {
    if (!open_) {
        return violation("an origin outside of a transaction");
    }
    origin_name_ = message.name;
    transaction_.origin = origin_name_;
    transaction_.origin_lsn = message.commit_lsn;
    return step::nothing;
}

result<const relation*> assembler::table_of_row(oid id) {
    if (!open_) {
        return violation("a row outside of a transaction");
    }
    const auto* table = relations_.find(id);
    if (table == nullptr) {
        return violation("a row of relation " + std::to_string(id) + " that was not announced");
    }
    return table;
}

change& assembler::next_change(operation what, const relation* table, lsn at) {
    auto& made = changes_.emplace_back();
    made.what = what;
    made.table = table;
    made.in = &transaction_;
    made.at = {transaction_.commit_lsn, ++sequence_};
    made.change_lsn = at;
    return made;
}

result<step> assembler::insert(const pgoutput::insert& message, lsn at) {
    auto table = table_of_row(message.relation);
    if (!table) {
        return tl::unexpected(std::move(table.error()));
    }
    if (message.after.size() != (*table)->columns.size()) {
        return violation("a row of " + to_string(**table) + " has another number of columns");
    }
    changes_.clear();
    next_change(operation::insert, *table, at).after = message.after;
    return step::changes;
}

// PostgreSQL does not send a TOASTed value that an UPDATE left alone; where it sends the old row,
// or the value is part of the identity, the value is known all the same.
pgoutput::row assembler::with_known_values(const relation& table, const pgoutput::update& message) {
    if (message.before_kind == pgoutput::old_row::none || !has_unchanged(message.after)) {
        return message.after;
    }
    filled_.assign(message.after.begin(), message.after.end());
    for (std::size_t i = 0; i < filled_.size(); ++i) {
        bool known = message.before_kind == pgoutput::old_row::full || table.columns[i].in_identity;
        if (filled_[i].kind == pgoutput::value_kind::unchanged && known) {
            filled_[i] = message.before[i];
        }
    }
    return filled_;
}

result<step> assembler::update(const pgoutput::update& message, lsn at) {
    auto table = table_of_row(message.relation);
    if (!table) {
        return tl::unexpected(std::move(table.error()));
    }
    auto columns = (*table)->columns.size();
    bool has_before = message.before_kind != pgoutput::old_row::none;
    if (message.after.size() != columns || (has_before && message.before.size() != columns)) {
        return violation("a row of " + to_string(**table) + " has another number of columns");
    }
    changes_.clear();
    auto& made = next_change(operation::update, *table, at);
    made.before_kind = message.before_kind;
    made.before = message.before;
    made.after = with_known_values(**table, message);
    return step::changes;
}

result<step> assembler::delete_row(const pgoutput::delete_row& message, lsn at) {
    auto table = table_of_row(message.relation);
    if (!table) {
        return tl::unexpected(std::move(table.error()));
    }
    if (message.before.size() != (*table)->columns.size()) {
        return violation("a row of " + to_string(**table) + " has another number of columns");
    }
    changes_.clear();
    auto& made = next_change(operation::delete_row, *table, at);
    made.before_kind = message.before_kind;
    made.before = message.before;
    return step::changes;
}

result<step> assembler::truncate(const pgoutput::truncate& message, lsn at) {
    if (!open_) {
        return violation("a truncate outside of a transaction");
    }
    changes_.clear();
    for (auto id : message.relations) {
        auto table = table_of_row(id);
        if (!table) {
            return tl::unexpected(std::move(table.error()));
        }
        next_change(operation::truncate, *table, at).truncated = &message;
    }
    return step::changes;
}

result<step> assembler::logical_message(const pgoutput::logical_message& message, lsn at) {
    if (message.transactional != open_) {
        return violation("a logical message on the wrong side of a transaction");
    }
    changes_.clear();
    if (open_) {
        next_change(operation::message, nullptr, at).message = &message;
        return step::changes;
    }
    auto& made = changes_.emplace_back();
    made.what = operation::message;
    made.at = {message.at, 0};
    made.change_lsn = message.at;
    made.message = &message;
    return step::changes;
}

}  // namespace walferry::change
