//! Who is signed in, and signing out: this browser, another one, or all of them.

use flowdeck_contract::{
    help::HelpTopic,
    paths,
    sign_ins::{SignIn, SignIns},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::parts::{Failure, PageHeading, tell_failure};
use crate::{
    api::{Api, Load, Remote},
    ui::{Ago, Button, ButtonKind, ButtonState, Dialog, DialogKind, Each, Skeleton, Status},
};

stylance::import_crate_style!(style, "src/pages/sign_ins.module.css");

/// The page of sign-ins.
#[component]
pub fn SignInsPage() -> impl IntoView {
    let api = Api::from_context();
    let sign_ins = Remote::new(move || async move { api.sign_ins().await });
    provide_context(SigningOut {
        api,
        status: Status::from_context(),
        sign_ins,
        busy: RwSignal::new(false),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
    });
    let shape = Memo::new(move |_| {
        sign_ins.state().with(|state| match state {
            Load::Loading => Load::Loading,
            Load::Failed(error) => Load::Failed(error.clone()),
            Load::Ready(_) => Load::Ready(()),
        })
    });
    let content = move || match shape.get() {
        Load::Loading => view! { <Skeleton lines=4 label="Loading the sign-ins" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the sign-ins"
                error=error
                on_retry=move |()| sign_ins.retry()
            />
        }
        .into_any(),
        Load::Ready(()) => view! { <List sign_ins=sign_ins /> }.into_any(),
    };
    view! {
        <div class=style::page>
            <PageHeading title="Sign-ins" />
            <p>
                "These browsers are signed in to this server. A sign-in ends after 7 days without use, and after 30 days at the latest."
            </p>
            {content}
        </div>
    }
}

/// Ends sign-ins, from whichever part of the page. Cheap to copy.
#[derive(Clone, Copy)]
struct SigningOut {
    api: Api,
    status: Status,
    sign_ins: Remote<SignIns>,
    busy: RwSignal<bool>,
    /// The page: a request in progress outlives the dialog that sent it.
    owner: StoredValue<Owner>,
}

impl SigningOut {
    fn state(self) -> ButtonState {
        if self.busy.get() {
            ButtonState::Busy
        } else {
            ButtonState::Ready
        }
    }

    /// Ends what `path` names; with it this browser's own sign-in when `is_own`.
    fn end(self, path: String, is_own: bool) {
        let Self {
            api,
            status,
            sign_ins,
            busy,
            owner,
        } = self;
        busy.set(true);
        let end = async move {
            let ended = api.end_sign_in(&path).await;
            busy.set(false);
            match ended {
                Ok(()) if is_own => api.signed_out(),
                Ok(()) => {
                    status.announce("The browser is signed out.");
                    sign_ins.refresh();
                }
                // It has ended meanwhile: that is what was wanted.
                Err(error) if error.is_not_found() => sign_ins.refresh(),
                Err(error) => tell_failure(status, "Couldn’t sign out", &error),
            }
        };
        owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(end));
    }
}

#[component]
fn List(sign_ins: Remote<SignIns>) -> impl IntoView {
    let all = move || sign_ins.get().unwrap_or_default().sign_ins;
    view! {
        <ul class=style::list aria-label="Sign-ins">
            <Each each=all key=|one| one.id.clone() let(one)>
                <Row one=one />
            </Each>
        </ul>
        <Everywhere />
    }
}

#[component]
fn Row(one: SignIn) -> impl IntoView {
    let signing_out = expect_context::<SigningOut>();
    let SignIn {
        id,
        created,
        last_used,
        browser,
        address,
        is_current,
        ..
    } = one;
    let name = browser.unwrap_or_else(|| "Unknown browser".to_owned());
    let label = format!("Sign out {name}");
    let path = if is_current {
        paths::CURRENT_SIGN_IN.to_owned()
    } else {
        paths::sign_in(&id)
    };
    view! {
        <li class=style::row>
            <div>
                <div>{name} {is_current.then_some(" (this browser)")}</div>
                <div class=style::muted>
                    "Last used " <Ago at=last_used.0 /> " from " <bdi>{address}</bdi>
                    ", signed in " <Ago at=created.0 />
                </div>
            </div>
            <Button
                state=Signal::derive(move || signing_out.state())
                label=Signal::derive(move || (!is_current).then(|| label.clone()))
                on_press=move |()| signing_out.end(path.clone(), is_current)
            >
                "Sign out"
            </Button>
        </li>
    }
}

#[component]
fn Everywhere() -> impl IntoView {
    let signing_out = expect_context::<SigningOut>();
    let open = RwSignal::new(false);
    let confirm = move |()| {
        open.set(false);
        signing_out.end(paths::SIGN_INS.to_owned(), true);
    };
    view! {
        <div class=style::all>
            <Button on_press=move |()| open.set(true)>"Sign out everywhere"</Button>
        </div>
        <Dialog open=open title="Sign out everywhere?" kind=DialogKind::Confirm help=HelpTopic::SignIns.address()>
            <p>
                "This signs out every browser, this one too. Each needs the server’s token to sign in again. Compute sessions keep running."
            </p>
            <div class=style::all>
                <Button first_focus=true on_press=move |()| open.set(false)>
                    "Cancel"
                </Button>
                <Button kind=ButtonKind::Danger on_press=confirm>
                    "Sign out everywhere"
                </Button>
            </div>
        </Dialog>
    }
}
