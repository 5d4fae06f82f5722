//! When the session ends for lack of use.

use leptos::prelude::*;

use super::super::{
    entries::{ComputeKind, Field},
    idle::{IdleEntry, Unit},
    model::Wizard,
    parts::{Control, FaultText, style},
};

#[component]
pub(super) fn IdleField() -> impl IntoView {
    let wizard = Wizard::from_context();
    let control = Control::new(Field::Idle);
    let shown = Memo::new(move |_| {
        let options = wizard.options.get()?;
        Some(wizard.entries.with(|entries| entries.idle_shown(&options)))
    });
    let unit = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.unit)));
    let number = move || shown.get().map(|shown| shown.number).unwrap_or_default();
    let is_never = Memo::new(move |_| unit.get() == Some(Unit::Never));
    let edit = move |change: &dyn Fn(&mut IdleEntry)| {
        if let Some(mut entry) = shown.get_untracked() {
            change(&mut entry);
            wizard.edit(|entries| entries.idle = Some(entry));
        }
    };
    let choose_unit = move |event| {
        let word = event_target_value(&event);
        let chosen = Unit::ALL.into_iter().find(|unit| unit.word() == word);
        let Some(chosen) = chosen else { return };
        edit(&|entry| {
            if entry.unit == Unit::Never && entry.number.is_empty() {
                "1".clone_into(&mut entry.number);
            }
            entry.unit = chosen;
        });
    };
    let units = move || {
        let needs_seconds = unit.get() == Some(Unit::Seconds);
        let units = Unit::ALL
            .into_iter()
            .filter(|one| *one != Unit::Seconds || needs_seconds);
        units
            .map(|one| {
                view! {
                    <option value=one.word() prop:selected=move || unit.get() == Some(one)>
                        {one.word()}
                    </option>
                }
            })
            .collect_view()
    };
    let kind = Memo::new(move |_| wizard.entries.with(|entries| entries.kind));
    let help = move || match kind.get() {
        _ if is_never.get() => "The session runs until you stop it.",
        ComputeKind::Serverless => {
            "The session is deleted after this long without a run, install or edit. An open tab doesn’t count."
        }
        ComputeKind::Instance => {
            "The compute instance stops after this long without a run, install or edit. It isn’t deleted."
        }
    };
    view! {
        <div class=style::field>
            <label for=control.id() class=style::label>
                "Idle shutdown time"
            </label>
            <div class=style::pair>
                <input
                    id=control.id()
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    disabled=is_never
                    aria-invalid=move || control.invalid()
                    aria-describedby=format!("advanced-idle-help {}", control.fault_id())
                    prop:value=number
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        edit(&|entry| entry.number.clone_from(&text));
                    }
                />
                <select aria-label="Unit of the idle shutdown time" on:change=choose_unit>
                    {units}
                </select>
            </div>
            <p id="advanced-idle-help" class=style::help>{help}</p>
            <FaultText control=control />
        </div>
    }
}
