#include "lib/base/position.hpp"

namespace walferry {

std::string to_string(const position& at) {
    return to_string(at.commit) + ':' + std::to_string(at.sequence);
}

}  // namespace walferry
