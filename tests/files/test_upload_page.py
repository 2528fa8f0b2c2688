"""Uploading in a real browser: rows, progress, stopping, the network gone, a page loaded anew."""

import os
import re
from pathlib import Path

import pytest
from flask import jsonify, render_template_string, request
from playwright.sync_api import expect

from portal.access import current_viewer
from portal.access.doors import signed_in
from portal.files import uploads
from tests.support.pages import check_axe
from tests.support.patience import eventually
from tests.support.screens import attribute_of, moved

PAGE = """{% extends "base.html" %}{% from "files/upload.html" import uploader with context %}
{% block title %}Try{% endblock %}{% block main %}<h1>Try</h1>
{{ uploader("/try", "/try/finish", 100, 25) }}{% endblock %}
{% block scripts %}<script type="module" src="{{ asset('upload.js') }}" nonce="{{ csp_nonce() }}"></script>{% endblock %}"""


@pytest.fixture
def taken(app):
    """A page that uploads, and what it took: name, folders, bytes."""
    found = []

    def page():
        if request.method == "POST":
            found.extend((f.filename, (), f.read()) for f in request.files.getlist("files"))
        return render_template_string(PAGE)

    def finish():
        sent = request.get_json()
        with uploads.take(sent["upload"], by=current_viewer()) as got:
            if got.outcome is None:
                if got.name == "refused.txt":
                    return jsonify(message="Този файл не се приема."), 422
                found.append((got.name, got.path, got.stream.read()))
                uploads.done(
                    sent["upload"], {"url": "/try#it", "title": got.name, "state": "публикуван"}
                )
            else:
                return jsonify(got.outcome)
        with uploads.take(sent["upload"], by=current_viewer()) as got:
            return jsonify(got.outcome)

    app.add_url_rule("/try", "try", signed_in(page), methods=["GET", "POST"])
    app.add_url_rule("/try/finish", "try_finish", signed_in(finish), methods=["POST"])
    return found


@pytest.fixture
def opened(taken, page, enter, live_server):
    enter(page, "contributor")
    page.goto(f"{live_server.url}/try")
    page.wait_for_selector("[data-upload-zone]:not([hidden])")
    return page


def choose(page, *files):
    page.set_input_files("[data-upload-input=files]", list(files))


def row(page, name):
    return page.locator(".sent").filter(has_text=name)


def done(page, number=1):
    expect(page.locator(".sent[data-state=done]")).to_have_count(number)


@pytest.fixture
def large(tmp_path) -> Path:
    path = tmp_path / "голям файл.bin"
    path.write_bytes(os.urandom(10 * 1024 * 1024))
    return path


def test_many_files_are_sent_and_each_row_leads_to_what_became_of_it(opened, taken, large):
    small = [
        {"name": f"Заповед {n}.txt", "mimeType": "text/plain", "buffer": f"текст {n}".encode()}
        for n in range(5)
    ]
    opened.set_input_files("[data-upload-input=files]", small)
    choose(opened, large)
    done(opened, 6)
    assert {name for name, _path, _bytes in taken} == {each["name"] for each in small} | {
        large.name
    }
    assert {name: data for name, _path, data in taken}[large.name] == large.read_bytes()
    first = row(opened, "Заповед 0.txt")
    link = first.get_by_role("link", name="Заповед 0.txt")
    expect(link).to_have_attribute("href", "/try#it")
    expect(first.locator(".sent__state")).to_have_text("публикуван")
    expect(opened.locator("[data-upload-said]")).to_contain_text("6")
    opened.wait_for_function(
        "() => !Object.keys(localStorage).some(each => each.startsWith('tus'))"
    )
    check_axe(opened)


def test_a_folder_keeps_its_tree(opened, taken, tmp_path):
    for name in ("Заповеди/2026/едно.txt", "Заповеди/две.txt", "Заповеди/.DS_Store"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    opened.set_input_files("[data-upload-input=folder]", str(tmp_path / "Заповеди"))
    done(opened, 2)
    assert {(name, path) for name, path, _bytes in taken} == {
        ("едно.txt", ("Заповеди", "2026")),
        ("две.txt", ("Заповеди",)),
    }


def test_files_are_dropped_anywhere_on_the_page(opened, taken):
    opened.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["пуснат"], "пуснат.txt"));
        for (const kind of ["dragover", "drop"])
            document.querySelector("h1").dispatchEvent(
                new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
    }""")
    done(opened)
    assert taken == [("пуснат.txt", (), "пуснат".encode())]


class Line:
    """The line of a page, which can be made slow."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)

    def carries(self, bytes_a_second):
        conditions = {"offline": False, "latency": 5, "downloadThroughput": -1}
        conditions["uploadThroughput"] = bytes_a_second
        self._session.send("Network.emulateNetworkConditions", conditions)


def slowly(page, large):
    """Choose a large file on a slow line, and wait for its first portion.

    From then on the line carries next to nothing: the test has minutes to do what it does in the
    middle. `.carries(-1)` lets the rest through.
    """
    line = Line(page)
    line.carries(3_000_000)
    choose(page, large)
    page.wait_for_function("() => document.querySelector('.sent progress').value > 4.5e6")
    line.carries(20_000)
    return line


def test_stopped_and_resumed_by_keyboard_it_goes_on_where_it_was(opened, taken, large):
    offsets = []
    opened.on("request", lambda r: offsets.append(int(r.headers["upload-offset"]))
              if r.method == "PATCH" else None)  # fmt: skip
    line = slowly(opened, large)
    stop = opened.get_by_role("button", name=f"Спиране: {large.name}")
    stop.focus()
    opened.keyboard.press("Enter")
    expect(row(opened, large.name)).to_have_attribute("data-state", "stopped")
    check_axe(opened)
    # The focus is not lost.
    expect(opened.locator(":focus")).to_have_attribute("data-do", "resume")
    before = len(offsets)
    line.carries(-1)
    opened.keyboard.press("Enter")
    done(opened)
    assert min(offsets[before:]) >= 4 * 1024 * 1024
    assert taken[0][2] == large.read_bytes()


def test_progress_says_bytes_and_the_time_left(opened, large):
    line = slowly(opened, large)
    told = row(opened, large.name).locator(".sent__state")
    expect(told).to_have_text(re.compile(r"\d от 10\sМБ"))
    expect(told).to_have_text(re.compile(r"остават? .*\d+ (сек|мин)"))
    bar = opened.get_by_role("progressbar", name=f"Качване на {large.name}")
    assert 0 < float(attribute_of(bar, "value")) <= 10 * 1024 * 1024
    line.carries(-1)
    done(opened)


def test_after_a_reload_the_same_file_goes_on_where_it_was(opened, taken, large):
    line = slowly(opened, large)
    opened.once("dialog", lambda dialog: dialog.accept())  # the page asks before it is left
    opened.reload()
    line.carries(-1)
    offsets = []
    opened.on("request", lambda r: offsets.append(int(r.headers["upload-offset"]))
              if r.method == "PATCH" else None)  # fmt: skip
    opened.wait_for_selector("[data-upload-zone]:not([hidden])")
    choose(opened, large)
    done(opened)
    assert min(offsets) >= 4 * 1024 * 1024
    assert taken[0][2] == large.read_bytes()


def test_it_waits_for_the_network_and_goes_on_by_itself(opened, taken, large):
    line = slowly(opened, large)
    opened.context.set_offline(True)
    opened.wait_for_selector(".sent[data-state=offline]")
    expect(row(opened, large.name)).to_contain_text("чака мрежата")
    opened.context.set_offline(False)
    line.carries(-1)
    done(opened)
    assert taken[0][2] == large.read_bytes()


def test_what_the_server_refuses_is_told_in_the_row_and_others_go_on(opened, taken):
    opened.set_input_files(
        "[data-upload-input=files]",
        [
            {"name": "празен.txt", "mimeType": "text/plain", "buffer": b""},
            {"name": "refused.txt", "mimeType": "text/plain", "buffer": b"x"},
            {"name": "добър.txt", "mimeType": "text/plain", "buffer": b"x"},
        ],
    )
    done(opened)
    expect(opened.locator(".sent[data-state=failed]")).to_have_count(2)
    expect(row(opened, "празен.txt")).to_contain_text("Файлът е празен.")
    expect(row(opened, "refused.txt")).to_contain_text("Този файл не се приема.")
    expect(opened.get_by_role("button", name="Продължаване: refused.txt")).to_have_count(0)
    assert [name for name, _path, _bytes in taken] == ["добър.txt"]
    check_axe(opened)
    opened.get_by_role("button", name="Премахване: refused.txt").click()
    expect(row(opened, "refused.txt")).to_have_count(0)
    eventually(
        lambda: all(each.outcome is not None for each in uploads._all()),
        "the server was not told to forget it too",
    )


def test_a_full_disk_is_told_and_the_upload_goes_on_when_there_is_room(
    opened, taken, large, monkeypatch
):
    real, full = uploads.append, []

    def append(upload, offset, stream, length):
        if offset and not full:
            full.append(offset)
            raise uploads.DiskFull
        return real(upload, offset, stream, length)

    monkeypatch.setattr(uploads, "append", append)
    choose(opened, large)
    opened.wait_for_selector(".sent[data-state=failed]")
    expect(row(opened, large.name)).to_contain_text("Дискът на портала е пълен")
    opened.get_by_role("button", name=f"Продължаване: {large.name}").click()
    done(opened)
    assert taken[0][2] == large.read_bytes()


def test_without_scripts_the_form_posts_its_files(taken, chromium, sign_in, live_server, tmp_path):
    path = tmp_path / "обикновен.txt"
    path.write_text("текст")
    cookie = sign_in("contributor").get_cookie("portal")
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 700}
    )
    try:
        context.add_cookies([{"name": "portal", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/try")
        page.set_input_files("#upload-files", str(path))
        with moved(page):
            page.get_by_role("button", name="Качване", exact=True).click()
    finally:
        context.close()
    assert taken == [("обикновен.txt", (), "текст".encode())]
