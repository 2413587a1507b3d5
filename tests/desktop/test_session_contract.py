"""What nodes rely on, on either system: real programs on Linux, the real library over stand-ins for Windows' COM."""

from __future__ import annotations

import pytest

from activities.sessions.desktop import State
from tests.support.desktops import needs
from tests.support.stage import Stage
from tests.support.toolkit import target
from workflows.errors import ElementAmbiguousError, ElementNotFoundError, ElementNotReadyError

SHORT = 1.0
"""Seconds of a step that is meant to fail."""


@pytest.fixture(params=[pytest.param("linux_stage", marks=needs("mousepad", "zenity")), "windows_stage"])
def stage(request: pytest.FixtureRequest) -> Stage:
    stage: Stage = request.getfixturevalue(request.param)
    return stage


async def test_a_field_takes_a_value_and_shows_it(stage: Stage) -> None:
    session = await stage.session(stage.field.app)

    for value in ("Grüße, 12 €", "", "漢字 {Ctrl}"):
        await session.set_value(stage.field.target, value)

        assert value == await session.get_value(stage.field.target)


async def test_a_switch_is_moved_only_if_it_has_to_be(stage: Stage) -> None:
    session = await stage.session(stage.switch.app)
    await session.toggle(stage.switch.target, on=False)

    moved = [await session.toggle(stage.switch.target, on=on) for on in (True, True, False)]

    assert [True, False, True] == moved
    await session.wait(stage.switch.target, State.UNCHECKED)


async def test_items_are_selected_by_their_names(stage: Stage) -> None:
    session = await stage.session(stage.choice.app)

    for item in stage.items:
        await session.select(stage.choice.target, item)

    branches = await session.tree(stage.choice.target)
    shown = {each.facts.name for each in branches if each.facts.selected} | {
        await session.get_value(stage.choice.target)
    }
    assert stage.items[1] in shown
    assert stage.items[0] not in shown


async def test_an_item_that_is_missing_is_told_with_those_there_are(stage: Stage) -> None:
    session = await stage.session(stage.choice.app, seconds=SHORT)

    with pytest.raises(ElementNotFoundError, match=rf"has no item 'Nowhere'; there are: .*'{stage.items[0]}'"):
        await session.select(stage.choice.target, "Nowhere")


async def test_a_scale_takes_a_number(stage: Stage) -> None:
    session = await stage.session(stage.scale.app)

    await session.set_value(stage.scale.target, "150")

    assert "150" == await session.get_value(stage.scale.target)


async def test_a_table_is_read_with_its_header(stage: Stage) -> None:
    session = await stage.session(stage.table.app)

    assert stage.rows == await session.table(stage.table.target, most=10)
    assert stage.rows[:2] == (await session.table(stage.table.target, most=2))[:2]


async def test_a_disabled_control_is_told_before_anything_is_done(stage: Stage) -> None:
    session = await stage.session(stage.disabled.app, seconds=SHORT)

    await session.wait(stage.disabled.target, State.DISABLED)
    with pytest.raises(ElementNotReadyError, match="is disabled") as caught:
        await session.invoke(stage.disabled.target)

    assert caught.value.acted is False


async def test_what_is_missing_is_told_with_what_comes_near(stage: Stage) -> None:
    session = await stage.session(stage.switch.app, seconds=SHORT)
    name = stage.switch.target.name or ""

    with pytest.raises(ElementNotFoundError, match=rf"no control matches CheckBox '{name}s'.*CheckBox '{name}'"):
        await session.find(target(control_type="CheckBox", name=f"{name}s"))


async def test_several_that_match_are_told_and_a_number_says_which_is_meant(stage: Stage) -> None:
    session = await stage.session(stage.field.app, seconds=SHORT)

    with pytest.raises(ElementAmbiguousError, match=r"controls match .*1\. .*2\. "):
        await session.find(target(name_regex="."))

    first = await session.find(target(name_regex=".", found_index=1))
    assert "Window" == first.control_type


async def test_a_control_is_found_by_what_it_is_in(stage: Stage) -> None:
    session = await stage.session(stage.switch.app)

    whole = await session.find(target(control_type="Window", depth=1))
    inside = target(control_type="CheckBox", name=stage.switch.target.name, within={"control_type": "Window"})

    assert (await session.find(stage.switch.target)).ref == (await session.find(inside)).ref
    assert not await session.exists(target(control_type="Window", within={"name": whole.name}))


async def test_a_part_of_a_name_and_a_pattern_find_a_control(stage: Stage) -> None:
    session = await stage.session(stage.switch.app)
    name = stage.switch.target.name or ""

    by_part = await session.find(target(control_type="CheckBox", sub_name=name[1:]))
    by_pattern = await session.find(target(control_type="CheckBox", name_regex=f"{name[:4]}.*{name[-1]}$"))

    assert name == by_part.name == by_pattern.name


async def test_a_menu_is_walked_by_the_names_of_its_items(stage: Stage) -> None:
    session = await stage.session("editor" if stage.launches else "app")

    await session.menu(stage.menu)

    short = stage.desktop(seconds=SHORT).app("editor" if stage.launches else "app")
    with pytest.raises(ElementNotFoundError, match=rf"no menu item '{stage.menu[0]}' > 'Nowhere'.*'{stage.menu[1]}'"):
        await short.menu([stage.menu[0], "Nowhere"])


async def test_the_tree_begins_with_the_windows_of_the_program(stage: Stage) -> None:
    session = await stage.session(stage.switch.app)

    branches = await session.tree()

    assert (0, "Window") == (branches[0].depth, branches[0].facts.control_type)
    assert stage.switch.target.name in {each.facts.name for each in branches}


async def test_what_is_not_there_is_gone_and_does_not_exist(stage: Stage) -> None:
    session = await stage.session(stage.field.app)

    await session.wait_gone(target(name="Nowhere"))

    assert not await session.exists(target(name="Nowhere"))
    assert await session.exists(stage.field.target)
