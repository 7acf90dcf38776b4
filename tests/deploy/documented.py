"""What walferry itself says there is: keys by `config reference`, commands and options by --help."""

import functools
import re
import subprocess

from rig.walferry import binary

# Anything may stand below these: properties of others, or names that the user chooses.
MAPS = ("topics.config", "topics.partition_by", "events.keys")
_KEY = re.compile(r"^( *)#?([a-z_]+):(?: (.*)|$)")
_OPTION = re.compile(r"^  (?:(-\w),)?(--[a-z-]+)( TEXT)?")


def _say(*arguments):
    return subprocess.run([binary(), *arguments], text=True, capture_output=True, check=True).stdout


@functools.cache
def keys():
    """Every key and section, as a.b.c, with its default as text; None for a section, and for one told in words."""
    found, above, in_words = {}, [], False
    for line in _say("config", "reference").splitlines():
        match = _KEY.match(line)
        if line.lstrip().startswith("# "):
            in_words = "; default: " in line
        if match:
            depth = len(match[1]) // 2
            above = [*above[:depth], match[2]]
            found[".".join(above)] = None if in_words else match[3]
    return found


def sections():
    """The top-level keys that have keys below them."""
    return {name.partition(".")[0] for name in keys() if "." in name}


def is_key(name):
    """Kafka's own properties have no underscore: with one it is a key of ours, in the wrong place."""
    if name.startswith("sink.kafka."):
        return "_" not in name
    return name in keys() or name.startswith(tuple(f"{one}." for one in MAPS))


class Command:
    """One command: its subcommands by name, its options with whether a value follows, its operands."""

    def __init__(self, *words):
        text = _say(*words, "--help")
        self.options = {}
        for line in text.splitlines():
            match = _OPTION.match(line)
            if match:
                self.options.update({name: bool(match[3]) for name in (match[1], match[2]) if name})
        self.operands = "\nPositionals:\n" in text
        below = text.partition("Subcommands:\n")[2].partition("\n\n")[0]
        names = re.findall(r"^  ([a-z-]+) +\S", below, re.MULTILINE)
        self.subcommands = {name: Command(*words, name) for name in names}


@functools.cache
def walferry():
    return Command()


def faults(words):
    """What is wrong with the words behind `walferry` of a command line; empty when it parses."""
    here, found, operands = walferry(), [], []
    words = list(words)
    while words:
        word = words.pop(0)
        if word in here.subcommands and not operands:
            here = here.subcommands[word]
        elif word.startswith("-"):
            name, given, value = word.partition("=")
            if name not in here.options:
                found.append(f"no option {name}")
            elif here.options[name] and not given:
                value = words.pop(0) if words else ""
            if name == "--set" and not is_key(value.partition("=")[0]):
                found.append(f"no key {value}")
        else:
            operands.append(word)
    if operands and not here.operands:
        found.append(f"nothing is called {operands[0]}")
    return found
