#include "lib/audit/judge.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::audit {
namespace {

// Nothing: what is selected cannot be published, and the finding says why.
std::optional<postgres::publication_plan> plan(const publication_view& view, findings& into) {
    auto made = postgres::plan_publication(view.wish, view.tables);
    if (made) {
        return std::move(*made);
    }
    auto found = found_error("publication", made.error());
    std::vector<postgres::published_table> unfit;
    for (const auto& candidate : view.tables) {
        const auto& table = candidate.table;
        if (!table.has_identity && !table.unlogged &&
            (!view.wish.selects || view.wish.selects(table.schema, table.name))) {
            unfit.push_back(table);
        }
    }
    if (made.error().kind == error_kind::table_unfit && !unfit.empty()) {
        found = mended_by(std::move(found), {postgres::identity_cure(unfit)});
    }
    into.push_back(std::move(found));
    return std::nullopt;
}

// A publication must be older than its slot.
void judge_unmakeable(const publication_view& view, const std::string& create, findings& into) {
    const std::string what = "publication \"" + view.wish.name + "\" does not exist";
    if (!view.slot_exists) {
        into.push_back(
            mended_safely_by(found_error("publication", {error_kind::publication_missing,
                                                         what,
                                                         create + "; or set source.create: true",
                                                         {}}),
                             {create}));
        return;
    }
    std::vector<std::string> statements{
        "SELECT pg_drop_replication_slot(" + postgres::quote_literal(view.slot) + ")", create};
    if (!view.may_create) {
        statements.push_back(create_slot_statement(view.slot));
    }
    std::string cure = "correct source.publication; or, with a new slot and snapshot: ";
    for (const auto& one : statements) {
        cure += one + "; ";
    }
    into.push_back(mended_by(
        found_error("publication", {error_kind::publication_missing,
                                    what + ", but the slot does: a publication must be older",
                                    std::move(cure),
                                    {}}),
        std::move(statements)));
}

void judge_missing(const publication_view& view, findings& into) {
    const auto planned = plan(view, into);
    if (!planned) {
        return;
    }
    const auto create = postgres::create_publication_statement(planned->definition);
    if (view.slot_exists || !view.may_create) {
        judge_unmakeable(view, create, into);
        return;
    }
    if (!judge_rights(view, planned->definition, into)) {
        return;
    }
    into.push_back(found_info(
        "publication",
        "publication \"" + view.wish.name + "\" does not exist and will be created: " + create));
    for (const auto& remark : planned->remarks) {
        into.push_back(found_warning("publication", remark.text, remark.cure));
    }
}

void judge_unlogged(const publication_view& view, findings& into) {
    for (const auto& candidate : view.tables) {
        const auto& table = candidate.table;
        const bool wanted =
            table.unlogged && view.wish.selects && view.wish.selects(table.schema, table.name);
        if (wanted && !view.wish.patterns.empty()) {
            into.push_back(mended_by(
                found_warning("table", table.schema + "." + table.name +
                                           " is unlogged: PostgreSQL does not publish it"),
                {"ALTER TABLE " + postgres::quote_table(table.schema, table.name) +
                 " SET LOGGED"}));
        }
    }
}

finding with_cure(finding found, const std::string& cure, bool harmless) {
    if (cure.empty()) {
        return found;
    }
    return harmless ? mended_safely_by(std::move(found), {cure})
                    : mended_by(std::move(found), {cure});
}

}  // namespace

void judge_publication(const publication_view& view, findings& into) {
    judge_unlogged(view, into);
    if (!view.publication.exists) {
        judge_missing(view, into);
        return;
    }
    const auto fit = postgres::compare_publication(view.wish, view.publication, view.tables);
    if (fit.defect) {
        into.push_back(with_cure(found_error("publication", *fit.defect), fit.defect->hint,
                                 fit.defect_harmless));
    } else {
        into.push_back(found_ok("publication",
                                "publication \"" + view.publication.name + "\" has " +
                                    std::to_string(view.publication.tables.size()) + " tables"));
    }
    for (const auto& remark : fit.remarks) {
        into.push_back(with_cure(found_warning("publication", remark.text, remark.cure),
                                 remark.cure, remark.harmless));
    }
}

}  // namespace walferry::audit
