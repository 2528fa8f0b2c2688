"""`portal backup` and `portal restore` as an administrator types them."""

import tarfile

import pytest

from portal.kernel import config
from portal.kernel.database import db


@pytest.fixture
def backup_file(run, cast, tmp_path):
    path = tmp_path / "night.tar.gz"
    result = run("backup", path)
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    monkeypatch.setenv("PORTAL_INSTANCE", str(folder))
    return folder


@pytest.mark.database("sqlite")  # moving between kinds is proved in tests/backup
def test_one_command_makes_a_backup_and_one_restores_it(backup_file, run, elsewhere, instance):
    # The test's portal.toml names its database; the restored one gets its own.
    result = run("restore", backup_file, "--database-url", f"sqlite:///{elsewhere}/portal.db")
    assert result.exit_code == 0, result.output
    assert "portal run" in result.output
    stored = config.load(elsewhere)
    assert stored["SECRET_KEY"] == config.load(instance)["SECRET_KEY"]
    assert (elsewhere / "portal.toml").stat().st_mode & 0o777 == 0o600
    again = run("restore", backup_file)
    assert again.exit_code == 1
    assert "holds an installation already" in again.output


@pytest.mark.database("postgresql")
def test_a_database_in_use_is_never_restored_into(backup_file, run, elsewhere):
    result = run("restore", backup_file)  # its portal.toml names the database it came from
    assert result.exit_code == 1
    assert "not empty" in result.output
    assert not config.is_configured(elsewhere)


def test_a_folder_gets_a_file_named_after_the_hour(run, cast, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    result = run("backup", folder)
    assert result.exit_code == 0, result.output
    (made,) = folder.iterdir()
    assert made.name.startswith("portal-20")
    with tarfile.open(made) as tar:
        assert {"portal.toml", "manifest.json"} <= set(tar.getnames())


def test_a_harmed_backup_leaves_the_instance_empty(backup_file, run, elsewhere):
    backup_file.write_bytes(backup_file.read_bytes()[:-200])
    result = run("restore", backup_file)
    assert result.exit_code == 1
    assert "Nothing was changed" in result.output
    assert not elsewhere.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backup", "none/b.tar.gz"), "There is no folder"),
        (("backup", "night.tar.gz"), "exists already"),
        (("restore", "nothing.tar.gz"), "does not exist"),
    ],
)
def test_what_cannot_go_well_is_told_first(backup_file, run, arguments, words, monkeypatch):
    monkeypatch.chdir(backup_file.parent)
    result = run(*arguments)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())


def test_a_restore_that_breaks_can_be_begun_again(backup_file, run, elsewhere, monkeypatch):
    url = f"sqlite:///{elsewhere}/portal.db"

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("portal.backup.restoring.tables.set_counters", fail)
        assert run("restore", backup_file, "--database-url", url).exit_code == 1
    assert not config.is_configured(elsewhere)
    result = run("restore", backup_file, "--database-url", url)
    assert result.exit_code == 0, result.output
    db.session.rollback()
