//! Whether the tag of a session's image still stands for what the session was made from: its registry is asked, as the
//! session's identity. A tag that has moved is reported, and changes nothing.

use std::{collections::HashMap, sync::Arc, time::Duration};

use flowdeck_contract::{
    Millis,
    ids::SessionId,
    image::ImageReference,
    session::{ImageUpdate, SessionImage},
    settings::SessionSettings,
};
use parking_lot::Mutex;

use crate::{
    clock::Clock,
    images::Images,
    owner::Owner,
    sessions::{Book, Record},
    state::State,
    tasks::Tasks,
};

/// How often every session's tag is looked at.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// A session whose tag was looked at is not looked at again for this long, in milliseconds.
const GRAIN_MILLIS: u64 = 10_000;

/// Looks at the tags of sessions' images.
pub(crate) struct Tags {
    book: Arc<Book>,
    images: Arc<Images>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
    /// When the tag of the image of each owner's session was last looked at.
    looks: Mutex<HashMap<Owner, (SessionId, Millis)>>,
}

/// What there is to look at.
struct Tagged {
    session: SessionId,
    settings: SessionSettings,
    image: SessionImage,
    reference: ImageReference,
}

impl Tags {
    pub(crate) fn new(
        book: Arc<Book>,
        images: Arc<Images>,
        tasks: Arc<Tasks>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            book,
            images,
            tasks,
            clock,
            looks: Mutex::default(),
        }
    }

    /// Looks at the tags of all sessions now and then, for as long as the server runs.
    pub(crate) async fn follow(self: Arc<Self>) {
        let every = i64::try_from(EVERY.as_millis()).unwrap_or(i64::MAX);
        loop {
            let owners: Vec<Owner> = self.book.sessions().keys().cloned().collect();
            for owner in owners {
                self.look(&owner).await;
            }
            let next = Millis(self.clock.now().0.saturating_add(every));
            self.clock.sleep_until(next).await;
        }
    }

    /// Looks at the tag of a session's image in the background, unless that was done a moment ago.
    pub(crate) fn spawn_look(self: &Arc<Self>, owner: &Owner) {
        if tagged(&self.book.record(owner)).is_none() {
            return;
        }
        let (tags, owner) = (Arc::clone(self), owner.clone());
        self.tasks
            .background(async move { tags.look(&owner).await });
    }

    async fn look(&self, owner: &Owner) {
        let Some(tagged) = tagged(&self.book.record(owner)) else {
            return;
        };
        if !self.is_time_to_look(owner, &tagged.session) {
            return;
        }
        let name = &tagged.image.reference;
        let credential = match self.images.credential(&tagged.settings, name).await {
            Ok(Some(credential)) => credential,
            Ok(None) => return,
            Err(error) => {
                return tracing::debug!(%owner, %error, "a tag could not be looked at");
            }
        };
        match self.images.digest(&tagged.reference, &credential).await {
            Ok(now) => self.tell_tag(owner, &tagged, now),
            // What the registry says matters when the image is pulled; the session has it.
            Err(error) => tracing::debug!(%owner, %error, "a tag could not be looked at"),
        }
    }

    /// Notes that it is looked at, when it is to be.
    fn is_time_to_look(&self, owner: &Owner, session: &SessionId) -> bool {
        let now = self.clock.now();
        let mut looks = self.looks.lock();
        let recently = looks
            .get(owner)
            .is_some_and(|(seen, at)| seen == session && now.since(*at) < GRAIN_MILLIS);
        if !recently {
            looks.insert(owner.clone(), (session.clone(), now));
        }
        !recently
    }

    fn tell_tag(&self, owner: &Owner, tagged: &Tagged, now: String) {
        let moved = (now != tagged.image.digest).then_some(now);
        let record = self.book.record(owner);
        let known = record.session.image_update.map(|update| update.digest);
        if record.session.session_id.as_ref() != Some(&tagged.session) || known == moved {
            return;
        }
        let update = moved.map(|digest| ImageUpdate {
            digest,
            noticed: self.clock.now(),
        });
        let name = &tagged.image.reference;
        self.book.log(owner).line(match &update {
            Some(update) => format!(
                "{name} now points to another image, {}. The session keeps its own, {}, until you reset it with the new one.",
                update.digest, tagged.image.digest
            ),
            None => format!("{name} points to the session’s image again."),
        });
        let told = self.book.change(owner, |live| {
            if live.record.session.session_id.as_ref() == Some(&tagged.session) {
                live.record.session.image_update = update;
            }
            Ok(())
        });
        if let Err(error) = told {
            tracing::error!(%owner, %error, "that a tag has moved could not be written down");
        }
    }
}

/// What a session's tag is to be compared with: `None` when it does not run, its image came from no registry, or was
/// asked for by its digest.
fn tagged(record: &Record) -> Option<Tagged> {
    let image = record.session.image.as_ref()?;
    let reference = ImageReference::try_from(image.reference.as_str()).ok()?;
    let can_move = !image.is_local && reference.digest().is_none();
    (record.state == State::Available && can_move).then_some(Tagged {
        session: record.session.session_id.clone()?,
        settings: record.session.settings.clone(),
        image: image.clone(),
        reference,
    })
}
