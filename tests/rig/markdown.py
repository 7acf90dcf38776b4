"""What a Markdown document says, for tests that try it: headings, blocks, code, links."""

import dataclasses
import pathlib
import re

_FENCE = re.compile(r"^\s*(```+|~~~+)\s*(\S*)\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
_CODE = re.compile(r"(`+)(.+?)\1(?!`)")
_LINK = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]*(?:\([^()]*\))?[^()\s]*)(?:\s+\"[^\"]*\")?\)")


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of code: fenced with its language, or indented without one."""

    language: str
    text: str
    line: int
    section: str


@dataclasses.dataclass(frozen=True)
class Span:
    """Inline code or a link's target, and where it stands."""

    text: str
    line: int


@dataclasses.dataclass
class Document:
    """One file, read once."""

    path: pathlib.Path
    headings: list
    blocks: list
    code: list
    links: list

    def block(self, section, language=""):
        """The text of the one block of that language below the heading `section`."""
        found = [one.text for one in self.blocks if (one.section, one.language) == (section, language)]
        if len(found) != 1:
            raise AssertionError(f"{self.path}: {len(found)} blocks of {language!r} under {section!r}")
        return found[0]

    def anchors(self):
        """The anchors of the headings, as GitHub makes them."""
        found, seen = set(), {}
        for heading in self.headings:
            name = anchor(heading)
            seen[name] = seen.get(name, -1) + 1
            found.add(f"{name}-{seen[name]}" if seen[name] else name)
        return found


def anchor(heading):
    """A heading as GitHub links to it: links and marks gone, lower case, spaces to hyphens."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def read(path):
    """The Document of a file."""
    made = Document(pathlib.Path(path), [], [], [], [])
    lines = made.path.read_text(encoding="utf-8").splitlines()
    prose, section, at = [], "", 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence:
            end = _fence_end(lines, at, fence[1])
            made.blocks.append(Block(fence[2], _text(lines[at + 1:end]), at + 2, section))
            at = end + 1
        elif lines[at].startswith("    ") and _begins_block(lines, at):
            end = _indented_end(lines, at)
            made.blocks.append(Block("", _text(line[4:] for line in lines[at:end]), at + 1, section))
            at = end
        else:
            heading = _HEADING.match(lines[at])
            if heading:
                section = heading[1]
                made.headings.append(section)
            prose.append((at + 1, lines[at]))
            at += 1
    for number, line in prose:
        _read_line(made, number, line)
    return made


def _text(lines):
    return "\n".join(lines).rstrip("\n") + "\n"


def _fence_end(lines, at, mark):
    for number in range(at + 1, len(lines)):
        if lines[number].strip() == mark:
            return number
    raise AssertionError(f"the block that begins in line {at + 1} has no end")


def _begins_block(lines, at):
    """An indented line is code after an empty line, unless a list goes on there."""
    if at and lines[at - 1].strip():
        return False
    before = next((line for line in reversed(lines[:at]) if line.strip() and not line.startswith("  ")), "")
    return not re.match(r"(\d+\.|[-*])\s", before)


def _indented_end(lines, at):
    end = at
    while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _read_line(made, number, line):
    made.code += [Span(match[2].strip(), number) for match in _CODE.finditer(line)]
    without_code = _CODE.sub(lambda match: "`" + "x" * (len(match[0]) - 2) + "`", line)
    made.links += [Span(match[2], number) for match in _LINK.finditer(without_code)]
