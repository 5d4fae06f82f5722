//! The connections that there are. When there is no room for another, the one that has waited for longest is closed for
//! it: what is being answered never is.

use std::{collections::HashMap, sync::Arc, time::Instant};

use parking_lot::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;

use super::{Limits, Peer};

/// All connections of the server.
#[derive(Clone, Debug)]
pub(super) struct Slots(Arc<Mutex<Book>>);

#[derive(Debug)]
struct Book {
    limits: Limits,
    next: u64,
    taken: HashMap<u64, Taken>,
}

#[derive(Debug)]
struct Taken {
    peer: Peer,
    state: State,
    given_up: CancellationToken,
}

/// What a connection is about.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The client is to send something, since then.
    Waiting(Instant),
    /// A request is being answered.
    Answering,
}

/// One connection's slot; free again when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    number: u64,
    given_up: CancellationToken,
    slots: Slots,
}

impl Slots {
    pub(super) fn new(limits: Limits) -> Self {
        Self(Arc::new(Mutex::new(Book {
            limits,
            next: 0,
            taken: HashMap::new(),
        })))
    }

    /// A slot for a connection from `peer`; `None` when all that could be closed for it are being answered.
    pub(super) fn take(&self, peer: Peer) -> Option<Slot> {
        let mut book = self.book();
        if !book.has_room_for(peer) {
            return None;
        }
        let number = book.next;
        book.next += 1;
        let given_up = CancellationToken::new();
        let taken = Taken {
            peer,
            state: State::Waiting(Instant::now()),
            given_up: given_up.clone(),
        };
        book.taken.insert(number, taken);
        Some(Slot {
            number,
            given_up,
            slots: self.clone(),
        })
    }

    /// Closes the connection that has waited for longest, if one waits.
    pub(super) fn make_room(&self) {
        self.book().close_one(|_| true);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock()
    }
}

impl Book {
    fn has_room_for(&mut self, peer: Peer) -> bool {
        let of_peer = self.taken.values().filter(|taken| taken.peer == peer);
        if !peer.is_local() && of_peer.count() >= self.limits.per_peer {
            return self.close_one(|taken| taken.peer == peer);
        }
        self.taken.len() < self.limits.connections || self.close_one(|_| true)
    }

    fn close_one(&mut self, may_be: impl Fn(&Taken) -> bool) -> bool {
        let waiting = self.taken.iter().filter(|(_, taken)| may_be(taken));
        let longest = waiting
            .filter_map(|(number, taken)| match taken.state {
                State::Waiting(since) => Some((since, *number)),
                State::Answering => None,
            })
            .min();
        let closed = longest.and_then(|(_, number)| self.taken.remove(&number));
        closed.inspect(|taken| taken.given_up.cancel()).is_some()
    }
}

impl Slot {
    /// Cancelled when the connection is to be closed for another.
    pub(super) fn given_up(&self) -> CancellationToken {
        self.given_up.clone()
    }

    /// The client is to send something.
    pub(super) fn waits(&self) {
        self.set(State::Waiting(Instant::now()));
    }

    /// A request is there, whole.
    pub(super) fn answers(&self) {
        self.set(State::Answering);
    }

    fn set(&self, state: State) {
        if let Some(taken) = self.slots.book().taken.get_mut(&self.number) {
            taken.state = state;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.book().taken.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(connections: usize, per_peer: usize) -> Slots {
        Slots::new(Limits {
            connections,
            per_peer,
        })
    }

    fn peer(last: u8) -> Peer {
        Peer::of([10, 0, 0, last].into())
    }

    #[test]
    fn the_connection_that_waited_for_longest_is_closed_for_another() {
        let slots = slots(2, 2);
        let (first, second) = (slots.take(peer(1)).unwrap(), slots.take(peer(2)).unwrap());
        first.answers();
        let third = slots.take(peer(3)).unwrap();
        assert!(!first.given_up.is_cancelled() && second.given_up.is_cancelled());
        third.answers();
        assert!(slots.take(peer(4)).is_none());
        first.waits();
        let fourth = slots.take(peer(4)).unwrap();
        assert!(first.given_up.is_cancelled());
        // One that was closed does not count when it ends.
        drop((first, second));
        assert!(!fourth.given_up.is_cancelled());
        drop((third, fourth));
        assert_eq!(slots.book().taken.len(), 0);
    }

    #[test]
    fn one_address_cannot_take_the_places_of_others() {
        let slots = slots(8, 2);
        let other = slots.take(peer(1)).unwrap();
        let mine: Vec<Slot> = (0..5).map(|_| slots.take(peer(2)).unwrap()).collect();
        assert!(!other.given_up.is_cancelled());
        let closed = mine.iter().filter(|slot| slot.given_up.is_cancelled());
        assert_eq!(closed.count(), 3);
        for slot in &mine {
            slot.answers();
        }
        assert!(slots.take(peer(2)).is_none());
        assert!(slots.take(peer(3)).is_some());
    }

    #[test]
    fn this_machine_may_have_all_places() {
        let slots = slots(8, 2);
        let local: Vec<Slot> = (0..8)
            .map(|_| slots.take(Peer::default()).unwrap())
            .collect();
        assert!(local.iter().all(|slot| !slot.given_up.is_cancelled()));
    }
}
