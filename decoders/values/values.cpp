#include "lib/base/byte_reader.hpp"
