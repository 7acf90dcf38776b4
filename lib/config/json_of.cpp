#include "lib/config/json_of.hpp"

#include <nlohmann/json.hpp>

namespace walferry::config {

nlohmann::ordered_json json_of(const node& value) {
    nlohmann::ordered_json made;
    switch (value.what) {
        case node::kind::nothing:
            break;
        case node::kind::scalar:
            made = value.literal ? nlohmann::ordered_json::parse(value.text)
                                 : nlohmann::ordered_json(value.text);
            break;
        case node::kind::list:
            made = nlohmann::ordered_json::array();
            for (const node& item : value.items) {
                made.push_back(json_of(item));
            }
            break;
        case node::kind::map:
            made = nlohmann::ordered_json::object();
            for (std::size_t i = 0; i < value.items.size(); ++i) {
                made[value.names[i].text] = json_of(value.items[i]);
            }
            break;
    }
    return made;
}

}  // namespace walferry::config
