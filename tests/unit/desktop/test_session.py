"""What a step does on a desktop, the same over any toolkit."""

from __future__ import annotations

import pytest

from activities.sessions.desktop import Facts, State, Stroke
from tests.support.toolkit import SHORT, Widget, desktop, target
from workflows.errors import (
    ElementAmbiguousError,
    ElementNotFoundError,
    ElementNotReadyError,
    RobotError,
)


def nothing() -> None:
    """What a button does that does nothing."""


async def test_a_button_is_pressed_without_the_mouse() -> None:
    session, toolkit = desktop(Widget("Button", "Save", on_press=nothing))

    await session.invoke(target(name="Save"))

    assert [("press", "Save")] == toolkit.done


async def test_what_cannot_be_pressed_is_clicked_in_its_middle() -> None:
    session, toolkit = desktop(Widget("ListItem", "Row 1"))

    await session.invoke(target(name="Row 1"))

    assert [("click", "Row 1", "left", "1", "50,10")] == toolkit.done


async def test_other_clicks_use_the_mouse() -> None:
    session, toolkit = desktop(Widget("Button", "Save", on_press=nothing))

    await session.invoke(target(name="Save"), Stroke("right", 2, (3, 4)))

    assert [("click", "Save", "right", "2", "3,4")] == toolkit.done


async def test_a_label_inside_of_what_it_labels_is_no_second_match() -> None:
    session, toolkit = desktop(
        Widget("Button", "Save", [Widget("Text", "Save")], on_press=nothing),
        Widget("Text", "Amount"),
        Widget("Edit", "Amount", value=""),
    )

    await session.invoke(target(name="Save"))
    await session.set_value(target(name="Amount"), "7")

    assert [("press", "Save"), ("set", "Amount", "7")] == toolkit.done


async def test_two_matches_are_an_error_that_lists_them() -> None:
    session, toolkit = desktop(Widget("Button", "Save", on_press=nothing), Widget("MenuItem", "Save"), seconds=SHORT)

    with pytest.raises(ElementAmbiguousError, match=r"2 controls.*1\. Button 'Save'; 2\. MenuItem 'Save'") as caught:
        await session.invoke(target(name="Save"))

    assert ([], False) == (toolkit.done, caught.value.acted)


async def test_a_number_says_which_of_several_is_meant() -> None:
    session, toolkit = desktop(Widget("Edit", value=""), Widget("Edit", "second", value=""))

    await session.set_value(target(control_type="Edit", found_index=2), "7")

    assert [("set", "second", "7")] == toolkit.done


async def test_a_target_is_looked_for_inside_of_another() -> None:
    session, toolkit = desktop(
        Widget("Group", "Buyer", [Widget("Edit", "Name", value="", facts={"automation_id": "b"})]),
        Widget("Group", "Seller", [Widget("Pane", "", [Widget("Edit", "Name", value="")])]),
    )

    await session.set_value(target(name="Name", within={"name": "Seller"}), "ACME")
    found = await session.find(target(control_type="Edit", depth=1, within={"control_type": "Group", "name": "Buyer"}))

    assert ([("set", "Name", "ACME")], "b") == (toolkit.done, found.automation_id)
    assert not await session.exists(target(control_type="Edit", depth=1, within={"name": "Seller"}))


async def test_nothing_that_matches_is_told_with_the_nearest_controls() -> None:
    session, _ = desktop(Widget("Button", "Save all"), Widget("Edit", "Amount"), seconds=SHORT)

    with pytest.raises(ElementNotFoundError) as caught:
        await session.find(target(control_type="Button", name="Save everything"))

    assert (
        "no control matches Button 'Save everything' in the program 'app' with the windows 'Invoices'; "
        "the closest are: Button 'Save all' as {name: Save all}"
    ) == str(caught.value)
    assert ["Button 'Save all'"] == caught.value.details["candidates"]


async def test_a_container_that_is_missing_is_named_as_what_is_missing() -> None:
    session, _ = desktop(Widget("Button", "Save"), seconds=SHORT)

    with pytest.raises(ElementNotFoundError, match="no control matches Window 'Print', to look in for 'Save', in"):
        await session.find(target(name="Save", within={"control_type": "Window", "name": "Print"}))


async def test_what_is_there_but_hidden_is_told_so() -> None:
    session, _ = desktop(Widget("Menu", "", [Widget("MenuItem", "Save")], facts={"visible": False}), seconds=SHORT)

    with pytest.raises(ElementNotFoundError, match="there is MenuItem 'Save': something has to be opened first"):
        await session.find(target(name="Save"))


async def test_a_disabled_control_is_told_before_anything_is_done() -> None:
    session, toolkit = desktop(Widget("Button", "Save", on_press=nothing, facts={"enabled": False}), seconds=SHORT)

    with pytest.raises(ElementNotReadyError, match="'Save' in the program 'app' is disabled") as caught:
        await session.invoke(target(name="Save"))

    assert ([], False) == (toolkit.done, caught.value.acted)


async def test_a_control_that_is_replaced_before_it_is_used_is_looked_up_again() -> None:
    old, new = Widget("Edit", "Amount", value=""), Widget("Edit", "Amount", value="")
    session, toolkit = desktop(old)
    facts = toolkit.facts

    async def replaced(ref: str) -> Facts:
        return await facts(ref)

    set_value = toolkit.set_value

    async def set_late(ref: str, value: str) -> None:
        toolkit.shown[0].inside[:] = [new]
        await set_value(ref, value)

    toolkit.set_value = set_late  # type: ignore[method-assign]  # the program replaces it at just this moment
    toolkit.facts = replaced  # type: ignore[method-assign]  # the same

    await session.set_value(target(name="Amount"), "7")

    assert "7" == new.value


async def test_a_value_that_is_not_taken_is_typed_and_then_told() -> None:
    session, toolkit = desktop(
        Widget("Edit", "stubborn field", value="old"), Widget("Edit", "locked", value="old"), seconds=1.5
    )

    await session.set_value(target(name="stubborn field"), "new")
    with pytest.raises(RobotError, match="'locked' does not take the value: it shows ''") as caught:
        await session.set_value(target(name="locked"), "new")

    assert [("set", "stubborn field", "new"), ("keys", "{Ctrl}a"), ("type", "new")] == toolkit.done[:3]
    assert caught.value.acted is True


async def test_what_is_said_of_a_value_that_was_cut_off_has_no_part_of_it() -> None:
    field = Widget("Edit", "stubborn", value="")
    session, toolkit = desktop(field, seconds=SHORT)

    async def cut_off(text: str) -> None:
        field.value = text[:8]

    toolkit.type = cut_off  # type: ignore[method-assign]  # the field takes eight characters

    with pytest.raises(RobotError, match="it shows 8 of its 20 characters") as caught:
        await session.set_value(target(name="stubborn"), "correct horse staple")

    assert "correct" not in str(caught.value)


async def test_a_cell_is_typed_into_without_selecting_all_of_the_sheet() -> None:
    session, toolkit = desktop(Widget("DataItem", "A1", value=None))

    await session.set_value(target(name="A1"), "=2*3")

    assert [("type", "=2*3"), ("keys", "{Enter}")] == toolkit.done


async def test_a_switch_is_only_moved_when_it_has_to_be() -> None:
    session, toolkit = desktop(Widget("CheckBox", "Paid", facts={"checked": False}))

    moved = [await session.toggle(target(name="Paid"), on=on) for on in (True, True, False)]

    assert [True, False, True] == moved
    assert [("toggle", "Paid")] * 2 == toolkit.done


async def test_a_switch_that_stays_as_it_is_is_an_error() -> None:
    session, _ = desktop(
        Widget("CheckBox", "stubborn", facts={"checked": False}), Widget("Button", "Save"), seconds=SHORT
    )

    with pytest.raises(RobotError, match="was switched, but is still off") as caught:
        await session.toggle(target(name="stubborn"), on=True)
    with pytest.raises(ElementNotReadyError, match="neither on nor off"):
        await session.toggle(target(name="Save"), on=True)

    assert caught.value.acted is True


async def test_an_item_is_selected_and_one_that_is_missing_told_with_those_there_are() -> None:
    items = [Widget("ListItem", name, facts={"selected": False, "visible": False}) for name in ("Food", "Travel")]
    session, toolkit = desktop(Widget("List", "Category", items), seconds=1.5)

    await session.select(target(name="Category"), "Travel")
    with pytest.raises(ElementNotFoundError, match="no item 'Fuel'; there are: 'Food', 'Travel'"):
        await session.select(target(name="Category"), "Fuel")

    assert ("select", "Travel") == toolkit.done[0]


async def test_a_menu_is_walked_by_names_without_their_decoration() -> None:
    save = Widget("MenuItem", "Save As...", on_press=nothing, facts={"visible": False})
    session, toolkit = desktop(Widget("MenuBar", "", [Widget("MenuItem", "_File", [save])]))

    await session.menu(["File", "Save As"])

    assert [("press", "Save As...")] == toolkit.done


async def test_a_menu_that_fills_when_it_is_opened_is_opened() -> None:
    file = Widget("MenuItem", "File", on_press=nothing)
    session, toolkit = desktop(Widget("MenuBar", "", [file]))
    expand = toolkit.expand

    async def open_it(ref: str, *, open: bool) -> None:  # noqa: A002 - as the toolkit calls it
        await expand(ref, open=open)
        toolkit.shown.append(Widget("Menu", "", [Widget("MenuItem", "Save", on_press=nothing)]))

    toolkit.expand = open_it  # type: ignore[method-assign]  # opening the menu shows a window

    await session.menu(["File", "Save"])

    assert [("expand", "File"), ("press", "Save")] == toolkit.done


async def test_a_menu_item_that_is_missing_is_told_with_those_there_are_and_the_menu_closed() -> None:
    save = Widget("MenuItem", "Save", on_press=nothing)
    session, toolkit = desktop(Widget("MenuBar", "", [Widget("MenuItem", "File", [save])]), seconds=SHORT)

    with pytest.raises(ElementNotFoundError, match=r"no menu item 'File' > 'Print'.*there are: 'Save'"):
        await session.menu(["File", "Print"])

    assert [("expand", "File"), ("keys", "{Esc}")] == toolkit.done


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        (State.VISIBLE, {}),
        (State.ENABLED, {"enabled": True}),
        (State.DISABLED, {"enabled": False}),
        (State.CHECKED, {"checked": True}),
        (State.UNCHECKED, {"checked": False}),
    ],
)
async def test_a_state_is_waited_for(state: State, facts: dict[str, object]) -> None:
    session, _ = desktop(Widget("CheckBox", "Paid", facts=facts))

    await session.wait(target(name="Paid"), state)


async def test_a_state_that_does_not_come_is_told_with_how_it_is() -> None:
    session, _ = desktop(Widget("Button", "Save", facts={"enabled": False}), seconds=SHORT)

    with pytest.raises(ElementNotReadyError, match=r"does not come to be enabled: it is Button 'Save' \(disabled\)"):
        await session.wait(target(name="Save"), State.ENABLED)
    with pytest.raises(RobotError, match="'Save' is still there"):
        await session.wait(target(name="Save"), State.GONE)


async def test_a_control_is_dragged_onto_another() -> None:
    session, toolkit = desktop(Widget("ListItem", "Invoice"), Widget("Group", "Paid"))

    await session.drag(target(name="Invoice"), target(name="Paid"))

    assert [("drag", "Invoice", "Paid")] == toolkit.done


async def test_the_tree_has_what_is_visible_with_its_depth() -> None:
    session, _ = desktop(
        Widget("Group", "Buyer", [Widget("Edit", "Name")]), Widget("Button", "Hidden", facts={"visible": False})
    )

    branches = await session.tree()

    assert [(0, "Invoices"), (1, "Buyer"), (2, "Name")] == [(each.depth, each.facts.name) for each in branches]
    assert [0, 1] == [each.depth for each in await session.tree(target(name="Buyer"))]
