#include "lib/config/document.hpp"

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace walferry::config {
namespace {

place place_of(const YAML::Mark& mark) {
    return mark.is_null() ? place{} : place{mark.line + 1, mark.column + 1};
}

// Builds the tree from yaml-cpp's events, because its own tree hides anchors and duplicate keys.
class builder : public YAML::EventHandler {
public:
    explicit builder(document& into) : into_(into) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ == 2) {
            complain(mark, "a second document; a configuration is one document, without ---");
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check(mark, "", anchor);
        node made;
        made.at = place_of(mark);
        add(std::move(made));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        complain(mark, "aliases are not supported; quote a text that starts with *");
        node made = text_node("");
        made.at = place_of(mark);
        add(std::move(made));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check(mark, tag, anchor);
        node made = text_node(value);
        made.at = place_of(mark);
        add(std::move(made));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, node::kind::list);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, node::kind::map);
    }
    void OnMapEnd() override { close(); }

private:
    struct frame {
        node made;
        std::optional<label> name;  // of a map: read, and waiting for its value
    };

    void complain(const YAML::Mark& mark, std::string message) {
        into_.wrong.push_back({place_of(mark), std::move(message)});
    }

    void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) {
            complain(mark, "anchors are not supported; quote a text that starts with &");
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            complain(mark, "\"" + tag + "\" is a YAML tag; quote a text that starts with !");
        }
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              node::kind what) {
        check(mark, tag, anchor);
        frame opened;
        opened.made.what = what;
        opened.made.at = place_of(mark);
        open_.push_back(std::move(opened));
    }

    void close() {
        node made = std::move(open_.back().made);
        open_.pop_back();
        add(std::move(made));
    }

    void add(node made) {
        if (open_.empty()) {
            if (documents_ == 1) {
                into_.root = std::move(made);
            }
            return;
        }
        frame& top = open_.back();
        if (top.made.what == node::kind::list) {
            top.made.items.push_back(std::move(made));
        } else if (!top.name) {
            name_value(top, made);
        } else {
            add_value(top, std::move(made));
        }
    }

    void name_value(frame& top, const node& made) {
        if (made.what != node::kind::scalar) {
            into_.wrong.push_back({made.at, "a key must be a word"});
        }
        top.name = label{made.text, made.at};
    }

    void add_value(frame& top, node made) {
        const label name = *std::exchange(top.name, std::nullopt);
        if (const node* first = find(top.made, name.text)) {
            into_.wrong.push_back({name.at, "\"" + name.text + "\" stands twice, first in line " +
                                                std::to_string(first->at.line)});
            return;
        }
        if (made.what == node::kind::nothing) {
            made.at = name.at;  // yaml-cpp places an empty value on the next line
        }
        top.made.names.push_back(name);
        top.made.items.push_back(std::move(made));
    }

    document& into_;
    std::vector<frame> open_;
    int documents_ = 0;
};

std::string line_of(std::string_view text, int line) {
    std::istringstream lines{std::string{text}};
    std::string found;
    for (int i = 0; i <= line && std::getline(lines, found); ++i) {
    }
    return found;
}

fault syntax_fault(std::string_view text, const YAML::ParserException& thrown) {
    const std::string line = line_of(text, thrown.mark.line);
    const std::size_t first = line.find_first_not_of(" \t");
    if (line.substr(0, first).find('\t') != std::string::npos) {
        return {place_of(thrown.mark), "YAML is indented with spaces, not with tabs"};
    }
    if (thrown.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) {
        return {place_of(thrown.mark),
                "aliases are not supported; quote a text that starts with *"};
    }
    return {place_of(thrown.mark), "YAML syntax: " + thrown.msg};
}

}  // namespace

document read_document(std::string_view text) {
    document read;
    builder handler{read};
    try {
        std::istringstream stream{std::string{text}};
        YAML::Parser parser{stream};
        while (parser.HandleNextDocument(handler)) {
        }
    } catch (const YAML::ParserException& thrown) {
        read.wrong.push_back(syntax_fault(text, thrown));
    }
    return read;
}

}  // namespace walferry::config
