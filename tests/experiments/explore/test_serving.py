"""The page as a browser gets it, from a server that listens on loopback."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse

import pytest

from experiments.cli import main
from experiments.common import extras
from experiments.explore.app import app_of
from experiments.explore.pairs import PairRunner
from experiments.explore.serving import guarded, hosts_for, listening, with_files
from simulation.errors import CircuitError


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    import uvicorn

    with listening("127.0.0.1", 0) as listener:
        number = int(listener.getsockname()[1])
        app = guarded(with_files(app_of(PairRunner(workers=1))), hosts_for("127.0.0.1", number))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield number
        server.should_exit = True
        thread.join()


def asked(port: int, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60.0)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read().decode()


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def test_the_page_opens_as_its_address_says(port: int) -> None:
    response, page = asked(port, "/?scenario=late-chips&set.gamma=0.03&policy=fed-put&lever.tariff=0.2&agent=Oracle")
    assert response.status == 200
    assert '<option value="late-chips" selected>' in page
    assert re.search(r'name="set.gamma"[^>]*value="0.03"', page)
    assert re.search(r'name="lever.tariff"[^>]*value="0.2"', page)
    assert 'value="fed-put" checked' in page
    assert '<option value="Oracle" selected>' in page


def test_the_page_says_which_question_a_parameter_answers(port: int) -> None:
    _, page = asked(port, "/?vintage=now&set.gamma=0.03")
    assert "is set in every economy: what if it were so, whatever the record says of such economies?" in page


def test_an_address_is_data_and_never_markup(port: int) -> None:
    _, page = asked(port, "/?set.gamma=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&quarter=%22%3E%3Cb%3E")
    assert "alert(1)" not in page
    assert '"><b>' not in page


def test_the_page_and_all_it_loads_come_from_this_server(port: int) -> None:
    response, page = asked(port, "/")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    loaded = re.findall(r'(?:src|href)="(lib/[^"]+)"', page)
    assert len(loaded) > 3
    for path in loaded:
        answer, text = asked(port, f"/{path}")
        assert answer.status == 200
        if path.endswith(".css"):
            assert not re.findall(r"(?:@import\s*|url\()\s*['\"]?https?:", text), path
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "127.0.0.1.evil.example", ""])
def test_a_host_that_the_server_was_not_started_for_is_refused(port: int, host: str) -> None:
    response, text = asked(port, "/", Host=host)
    assert response.status == 403
    assert "was not started for" in text


def test_a_page_of_another_site_gets_no_socket(port: int) -> None:
    response, _ = asked(port, "/websocket/", Origin="https://evil.example", **UPGRADE)
    assert response.status == 403
    ours, _ = asked_for_socket(port, f"http://127.0.0.1:{port}")
    assert ours == 101


def asked_for_socket(port: int, origin: str) -> tuple[int, str]:
    """The status line alone: an open socket has no end to read to."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in UPGRADE.items()]
    request = "\r\n".join(["GET /websocket/ HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: {origin}", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=60.0) as connection:
        connection.sendall(request.encode())
        answer = connection.recv(4096).decode("latin-1")
    return int(answer.split()[1]), answer


def test_the_scenario_of_an_address_is_a_file_to_save(port: int) -> None:
    response, text = asked(port, "/scenario.toml?scenario=late-chips&set.gamma=0.03")
    assert response.headers["content-disposition"] == 'attachment; filename="my-late-chips.toml"'
    assert "gamma = 0.03" in text
    _, command = asked(port, "/command.txt?scenario=late-chips&set.gamma=0.03")
    assert command == "circuit compare baseline my-late-chips.toml --runs 100"
    wrong, sentence = asked(port, "/scenario.toml?set.gama=0.03")
    assert wrong.status == 400
    assert "gamma" in sentence


def test_a_server_answers_to_others_only_if_it_is_told_to_listen_for_them() -> None:
    assert hosts_for("127.0.0.1", 8000) == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}
    assert hosts_for("192.0.2.7", 8000) == {"192.0.2.7:8000"}
    assert f"{socket.gethostname().lower()}:8000" in hosts_for("0.0.0.0", 8000)
    assert "evil.example:8000" not in hosts_for("0.0.0.0", 8000)


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with listening("127.0.0.1", 0) as first, pytest.raises(CircuitError, match="choose another --port"):
        listening("127.0.0.1", int(first.getsockname()[1]))


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.7", "no host"])
def test_an_address_that_is_not_this_machine_s_is_not_laid_to_the_port(host: str) -> None:
    with pytest.raises(CircuitError, match="--host takes an address of this machine") as refused:
        listening(host, 0)
    assert "--port" not in str(refused.value)


def test_no_address_is_not_every_address() -> None:
    with pytest.raises(CircuitError, match="--host is empty"):
        listening("", 0)


def test_without_its_library_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as stopped:
        main(["explore"])
    assert stopped.value.code == 2
    assert "pip install 'circuit-economy[explore]'" in capsys.readouterr().err
