"""The status page in a browser: what it shows of a walferry under load, in light and dark, on a desk and on a phone.

WALFERRY_WRITE_IMAGES=1 writes the pictures of deploy/docs/images.
"""

import os
import unittest

from rig import browser
from rig.browser import DESK, PHONE
from rig.waiting import wait_until
from rig.walferry import ROOT
from scene import SLOT, Scene

IMAGES = ROOT / "deploy/docs/images"
WRITES = os.environ.get("WALFERRY_WRITE_IMAGES") == "1"
_POINTS = "(document.querySelector('#plot path.line')?.getAttribute('d').match(/[ML]/g) ?? []).length"
_OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OVERLAPS = """(() => {
  const boxes = [...document.querySelectorAll('#plot text')].map(text => text.getBoundingClientRect());
  return boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right
                                                     && a.top < b.bottom && b.top < a.bottom)).length;
})()"""
_TABLES_WITH_A_RATE = ("[...document.querySelectorAll('#tables tbody tr')]"
                       ".filter(row => row.cells[1].innerText !== '0').length")


@unittest.skipUnless(browser.program(), "no chromium (tests/rig/packages.sh test)")
class StatusPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = cls.enterClassContext(Scene())
        cls.scene.prepare_load()
        cls.walferry = cls.scene.walferry.start_streaming()
        cls.load = cls.scene.start_load(seconds=600)
        cls.addClassCleanup(cls.load.stop)
        cls.address = f"http://{cls.walferry.http}/"

    def setUp(self):
        self.browser = self.enterContext(browser.Browser())

    def open(self, size=DESK, dark=False, mobile=False):
        self.browser.look_like(size, dark, mobile)
        self.browser.open(self.address)
        self.wait_text("#live", "live")

    def wait_text(self, selector, text):
        wait_until(lambda: self.browser.text(selector) == text,
                   lambda: f"{selector} said {text!r}, not {self.browser.text(selector)!r}")

    def wait_value(self, script, what):
        return wait_until(lambda: self.browser.value(script), what)

    def picture(self, name):
        if WRITES:
            IMAGES.mkdir(exist_ok=True)
            self.browser.picture(IMAGES / f"{name}.png")

    def wait_under_load(self):
        """Rows flow, and the plot has points of its own."""
        self.wait_value(_TABLES_WITH_A_RATE, "a table had a rate")
        points = 12 if WRITES else 2  # two minutes look better than ten seconds
        wait_until(lambda: self.browser.value(_POINTS) >= points, "the lag was plotted", 180)

    def expect_clean(self):
        """Nothing was complained of, and nothing asked for but the page and its events."""
        self.assertEqual(self.browser.complaints, [])
        foreign = [url for url in self.browser.requests if not url.startswith((self.address, "data:"))]
        self.assertEqual(foreign, [])
        self.assertIn(f"{self.address}events", self.browser.requests)

    def colours(self):
        return self.browser.value("[getComputedStyle(document.body).backgroundColor, "
                                  "getComputedStyle(document.body).color]")

    def test_what_it_shows(self):
        self.open()
        self.wait_under_load()
        self.assertEqual(self.browser.text("#state"), "streaming")
        self.assertEqual(self.browser.text("#name"), "shop")
        self.assertIn("streaming", self.browser.value("document.title"))
        self.assertIn(SLOT, self.browser.text("#slot"))
        kinds = self.browser.value("[...document.querySelectorAll('#errors .kind')].map(kind => kind.innerText)")
        self.assertEqual(kinds, [error["kind"] for error in reversed(self.walferry.status()["errors"])])
        tables = self.browser.value("[...document.querySelectorAll('#tables tbody tr')].map(r => r.cells[0].innerText)")
        self.assertIn("public.load_number", tables)
        self.expect_clean()

    def test_events_keep_it_up_to_date(self):
        self.open()
        acknowledged = "document.querySelector('#way li:last-child code').innerText"
        before = self.wait_value(acknowledged, "a position was shown")
        self.wait_value(f"{acknowledged} !== '{before}'", "the acknowledged position moved")
        events = [url for url in self.browser.requests if url == f"{self.address}events"]
        self.assertEqual(len(events), 1, "it lives from one connection")
        self.expect_clean()

    def test_light_and_dark(self):
        self.open()
        self.wait_under_load()
        light = self.colours()
        self.picture("status-light")
        self.browser.look_like(DESK, dark=True)
        dark = self.colours()
        self.wait_under_load()
        self.picture("status-dark")
        self.assertGreater(brightness(light[0]), brightness(light[1]))
        self.assertGreater(brightness(dark[1]), brightness(dark[0]))
        self.expect_clean()

    def test_a_phone_scrolls_in_one_direction(self):
        for size in (PHONE, (320, 640)):
            with self.subTest(size):
                self.open(size, mobile=True)
                self.wait_under_load()
                self.assertEqual(self.browser.value("innerWidth"), size[0])
                self.assertLessEqual(self.browser.value(_OVERHANG), 0)
                self.assertEqual(self.browser.value(_OVERLAPS), 0, "labels of the plot lie over each other")
                self.assertTrue(self.browser.value("document.querySelector('#plot svg').getBoundingClientRect().width > "
                                                   f"{size[0] // 2}"))
                if size == PHONE:
                    self.picture("status-phone")
        self.expect_clean()


@unittest.skipUnless(browser.program(), "no chromium (tests/rig/packages.sh test)")
class TroubleTest(unittest.TestCase):
    def test_it_tells_what_is_wrong_and_that_it_lost_walferry(self):
        with Scene() as scene, browser.Browser() as page:
            scene.prepare_load()
            scene.walferry.start_streaming()
            page.look_like(DESK)
            page.open(f"http://{scene.walferry.http}/")
            wait_until(lambda: page.text("#state") == "streaming", "it streamed")
            scene.postgres.stop("immediate")
            wait_until(lambda: page.text("#state") == "reconnecting", "the state word followed")
            wait_until(lambda: "refused" in page.text("#errors"), lambda: f"the error was told: {page.text('#errors')}")
            self.assertTrue(page.value("document.querySelectorAll('#errors .cure').length > 0"))
            self.assertEqual(page.complaints, [])
            scene.walferry.kill9()
            wait_until(lambda: "no connection to walferry" in page.text("#live"), "it said that walferry is gone")


def brightness(colour):
    """The sum of red, green and blue of `rgb(r, g, b)`."""
    return sum(int(part) for part in colour[colour.index("(") + 1:-1].split(",")[:3])


if __name__ == "__main__":
    unittest.main()
