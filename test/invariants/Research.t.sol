// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {console} from "hardhat/console.sol";

import {IRewardDistributor, Payout, Round} from "../../contracts/research/interfaces/IRewardDistributor.sol";
import {IStudyRegistry, StudyState, StudyStatus} from "../../contracts/research/interfaces/IStudyRegistry.sol";
import {IStudyRewards, Participant, StudyBooks} from "../../contracts/research/interfaces/IStudyRewards.sol";
import {vm} from "../Vm.sol";
import {ResearchSuite} from "./ResearchSuite.sol";
import {Handler} from "./handlers/Handler.sol";
import {PayoutStore} from "./stores/PayoutStore.sol";
import {StudyStore} from "./stores/StudyStore.sol";

/// @notice INV-5 and INV-7 of research.
contract ResearchInvariants is ResearchSuite {
    /// @notice A payment that was tried and undone again, and what would have reached its payee.
    error Tried(uint256 moved);

    uint256 internal constant TRIED_AT_A_STEP = 4;

    uint256 internal constant LONG = 2 * ROUNDS;

    /// INV-5: for every token the contract holds exactly what came for its studies, less what each paid itself and gave back.
    /// Participants have earned, each within the cap and each for a record once, what their study has credited, and that
    /// is never more than it has.
    function invariant_StudiesHoldWhatTheyOweAndPayOnce() external view {
        vm.assertEq(store.trespassed(), 0, "INV-5: somebody acted without a right to");
        vm.assertEq(store.mispaid(), 0, "INV-5: another amount moved, or another's");
        vm.assertEq(store.creditedTwice(), 0, "INV-5: a record was credited twice");
        uint256[2] memory held;
        for (uint256 i; i < STUDY_COUNT; ++i) {
            StudyStore.Study memory study = store.studyAt(i);
            StudyBooks memory books = studies.booksOf(study.id);
            vm.assertEq(books.funded, study.came - study.refunded, "INV-5: funded");
            vm.assertLe(books.credited, books.funded, "INV-5: credited more than funded");
            (uint256 earned, uint256 paid) = _checkPeople(i, study);
            vm.assertEq(books.credited, earned, "INV-5: credited");
            vm.assertEq(study.paid, paid, "INV-5: a study's payments");
            held[i % 2] += books.funded - paid;
        }
        for (uint256 i; i < 2; ++i) {
            vm.assertEq(world.token(i).balanceOf(address(studies)), held[i], "INV-5: balance");
        }
    }

    /// INV-5: all that those enrolled can still earn, and those for whom there is room, is there as long as they can; and
    /// there is room for as many as were approved and funded.
    function invariant_WhatCanStillBeEarnedIsThere() external view {
        for (uint256 i; i < STUDY_COUNT; ++i) {
            StudyStore.Study memory study = store.studyAt(i);
            StudyState memory state = studies.studyOf(study.id);
            StudyBooks memory books = studies.booksOf(study.id);
            _checkState(study, state);
            vm.assertEq(books.version == state.version && state.version != 0, study.isFunded, "INV-5: funded for");
            vm.assertEq(books.openedAt, study.openedAt, "INV-5: opened");
            vm.assertEq(state.seatsLeft, store.seatsLeftOf(i), "INV-5: seats left");
            vm.assertEq(state.seats - state.seatsLeft, study.enrolled, "INV-5: seats taken");
            vm.assertLe(store.potentialOf(i), books.funded - books.credited, "INV-5: less than can be earned");
        }
    }

    /// INV-5: for every token the distributor holds what its rounds have left; each round has its total less what it paid
    /// itself and gave back, and paid each leaf at most once.
    function invariant_RoundsPayEachLeafOnceOutOfTheirOwn() external view {
        vm.assertEq(rounds.trespassed(), 0, "INV-5: somebody was paid without a right to");
        vm.assertEq(rounds.mispaid(), 0, "INV-5: another amount moved");
        vm.assertEq(distributor.roundCount(), rounds.count(), "INV-5: rounds");
        uint256[2] memory held;
        for (uint256 i; i < rounds.count(); ++i) {
            PayoutStore.Filed memory filed = rounds.roundAt(i);
            Round memory round = distributor.roundOf(i + 1);
            vm.assertEq(round.left + filed.paid + filed.reclaimed, filed.total, "INV-5: a round's money");
            vm.assertEq(round.root, filed.root, "INV-5: root");
            vm.assertEq(round.expiry, filed.expiry, "INV-5: expiry");
            held[address(filed.token) == address(world.token(0)) ? 0 : 1] += round.left;
            _checkLeaves(i);
        }
        for (uint256 i; i < 2; ++i) {
            vm.assertEq(world.token(i).balanceOf(address(distributor)), held[i], "INV-5: balance");
        }
    }

    /// INV-7: no admin action changes what anybody is owed; and whoever is owed something can be paid now, whatever became of
    /// the study, its approval and anybody's licence, unless the token itself refuses them.
    function invariant_NobodyLowersOrStopsWhatIsOwed() external {
        vm.assertEq(operator.changed(), 0, "INV-7: an admin action changed something");
        vm.assertEq(operator.impersonated(), 0, "INV-7: the admin passed for another");
        vm.assertEq(store.refused() + rounds.refused(), 0, "INV-7: something rightful was refused");
        uint256 count = world.patientCount();
        for (uint256 i; i < count; ++i) {
            address patient = world.patients(i);
            for (uint256 j; j < STUDY_COUNT; ++j) _tryParticipant(j, patient);
        }
        // A few at each step, from another one on each time.
        for (uint256 i; i < TRIED_AT_A_STEP; ++i) _tryLeaf(rounds.step() * TRIED_AT_A_STEP + i);
    }

    /// @dev One long run in which everything happens, and after which all four hold. Prints what moved. It begins with an
    /// amendment that waits for its money.
    function test_ParticipantsAndPayeesArePaid() external {
        _refuseTerms();
        _refuseUncovered();
        for (uint256 round; round < LONG; ++round) {
            for (uint256 i; i < _handlers.length; ++i) _actAll(_handlers[i], round);
            // People enrol and contribute more often than anything else happens.
            for (uint256 i = 1; i < 4; ++i) {
                _actAll(_handlers[3], i * LONG + round);
                _actAll(_handlers[4], i * LONG + round);
            }
        }
        _checkAll();
        _tell();
        StudyStore.Payments memory payments = store.payments();
        vm.assertTrue(store.contributions() > 8 && store.milestones() > 4, "too little was credited");
        vm.assertTrue(payments.all > 6 && payments.unapproved > 2, "too few participants were paid");
        vm.assertTrue(
            payments.suspended * payments.unlicensed * payments.withdrawn != 0,
            "nobody was paid all the same"
        );
        vm.assertTrue(rounds.leavesPaid() > rounds.transfers() && rounds.reclaims() != 0, "too few leaves were paid");
        StudyStore.Turns memory turns = store.turns();
        vm.assertTrue(turns.amendments > 2 && turns.seatsClosed != 0 && turns.refunds != 0, "too little was amended");
        vm.assertTrue(
            turns.uncovered * turns.covered * turns.prolongations != 0,
            "too few amendments waited for money"
        );
    }

    /// @dev One after the other, what a single broken guard would let through.
    function test_WhatMayNotBeIsRefused() external {
        _refuseTerms();
        _refuseUncovered();
        _refuseRecords();
        _refuseBoards();
        _refuseSuccessors();
        _checkAll();
        _refuseMoney();
        _checkAll();
        bytes4[19] memory errors = [
            IStudyRegistry.StudyTokenFixed.selector,
            IStudyRegistry.StudyTermsInvalid.selector,
            IStudyRegistry.BoardUnauthorized.selector,
            IStudyRegistry.ApprovalMismatch.selector,
            IStudyRegistry.ApprovalOfAnother.selector,
            IStudyRegistry.ApprovalStands.selector,
            IStudyRegistry.ApprovalEndPast.selector,
            IStudyRegistry.StudyUnknown.selector,
            IStudyRegistry.StudyStatusInvalid.selector,
            IStudyRegistry.ResultsMissing.selector,
            IStudyRegistry.ResultsExist.selector,
            IStudyRewards.StudyUnderfunded.selector,
            IStudyRewards.StudyFull.selector,
            IStudyRewards.ConsentMissing.selector,
            IStudyRewards.RecordAuthorInvalid.selector,
            IStudyRewards.RefundUnauthorized.selector,
            IStudyRewards.RefundInvalid.selector,
            IRewardDistributor.TokensMixed.selector,
            IRewardDistributor.PayoutSpent.selector
        ];
        for (uint256 i; i < errors.length; ++i) {
            uint256 refusals = store.refusalsOf(errors[i]) + rounds.refusalsOf(errors[i]);
            vm.assertTrue(refusals != 0, string.concat("never refused: ", vm.toString(abi.encodePacked(errors[i]))));
        }
    }

    /// @notice Pays a participant, says what came, and undoes it.
    function tryParticipant(uint256 study, address patient) external {
        uint256 before = world.token(study).balanceOf(patient);
        studies.claim(world.idOf(study), patient);
        revert Tried(world.token(study).balanceOf(patient) - before);
    }

    /// @notice Pays a leaf, says what came, and undoes it.
    function tryLeaf(uint256 round, uint256 place) external {
        PayoutStore.Leaf memory leaf = rounds.leafAt(round, place);
        IERC20 token = rounds.roundAt(round).token;
        uint256 before = token.balanceOf(leaf.account);
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(round + 1, leaf.index, leaf.amount, rounds.proofOf(round, place));
        distributor.claim(leaf.account, payouts);
        revert Tried(token.balanceOf(leaf.account) - before);
    }

    function _tryParticipant(uint256 study, address patient) internal {
        StudyStore.Person memory person = store.personOf(study, patient);
        uint256 owed = person.earned - person.paid;
        if (owed == 0 || world.refuses(world.token(study), patient)) return;
        _checkTried(abi.encodeCall(this.tryParticipant, (study, patient)), owed);
    }

    function _tryLeaf(uint256 seed) internal {
        uint256 round = seed % rounds.count();
        uint256 place = (seed / rounds.count()) % rounds.leafCount(round);
        if (!rounds.isPayable(round, place)) return;
        _checkTried(abi.encodeCall(this.tryLeaf, (round, place)), rounds.leafAt(round, place).amount);
    }

    function _checkTried(bytes memory data, uint256 owed) internal {
        (, bytes memory outcome) = address(this).call(data);
        bytes32 expected = keccak256(abi.encodeWithSelector(Tried.selector, owed));
        vm.assertTrue(keccak256(outcome) == expected, "INV-7: what is owed is not paid");
    }

    function _checkAll() internal {
        this.invariant_StudiesHoldWhatTheyOweAndPayOnce();
        this.invariant_WhatCanStillBeEarnedIsThere();
        this.invariant_RoundsPayEachLeafOnceOutOfTheirOwn();
        this.invariant_NobodyLowersOrStopsWhatIsOwed();
    }

    function _checkState(StudyStore.Study memory study, StudyState memory state) internal pure {
        vm.assertEq(state.version, study.version, "INV-5: version");
        vm.assertEq(state.status == StudyStatus.Suspended, study.isSuspended, "INV-5: suspended");
        vm.assertEq(state.approvedUntil, study.approvedUntil, "INV-5: approved until");
        vm.assertTrue(state.board == study.board, "INV-5: board");
        vm.assertEq(state.closed, study.isClosed, "INV-5: closed");
        vm.assertEq(state.resultsAt, study.resultsAt, "INV-5: results");
    }

    /// @dev What everybody in a study earned and was paid, by the contract, which is what the store says.
    function _checkPeople(
        uint256 place,
        StudyStore.Study memory study
    ) internal view returns (uint256 earned, uint256 paid) {
        uint256 count = world.patientCount();
        for (uint256 i; i < count; ++i) {
            address patient = world.patients(i);
            StudyStore.Person memory person = store.personOf(place, patient);
            Participant memory participant = studies.participantOf(study.id, patient);
            vm.assertEq(participant.earned, person.earned, "INV-5: earned");
            vm.assertEq(participant.paid, person.paid, "INV-5: paid");
            bool isAlike = participant.status == person.status && participant.milestones == person.milestones;
            bool isWithin = participant.paid <= participant.earned && participant.earned <= study.highestCap;
            vm.assertTrue(isAlike, "INV-5: status or milestones");
            vm.assertTrue(isWithin, "INV-5: paid more than earned, or earned above the cap");
            earned += participant.earned;
            paid += participant.paid;
        }
    }

    function _checkLeaves(uint256 round) internal view {
        for (uint256 i; i < rounds.leafCount(round); ++i) {
            PayoutStore.Leaf memory leaf = rounds.leafAt(round, i);
            vm.assertLe(leaf.paid, leaf.amount, "INV-5: a leaf was paid twice");
            bool isSpent = rounds.isSpent(round, leaf.index);
            vm.assertEq(distributor.isClaimed(round + 1, leaf.index), isSpent, "INV-5: claimed");
        }
    }

    function _actAll(Handler handler, uint256 round) internal {
        bytes4[] memory actions = handler.actions();
        for (uint256 i; i < actions.length; ++i) _act(handler, actions[i], round);
    }

    /// @dev What the books say in the end.
    function _tell() internal view {
        StudyStore.Payments memory payments = store.payments();
        uint256 enrolled;
        for (uint256 i; i < STUDY_COUNT; ++i) {
            StudyStore.Study memory study = store.studyAt(i);
            enrolled += study.enrolled;
            console.log("  study %d, version %d: enrolled %d", i, study.version, study.enrolled);
            console.log("    came %d, refunded %d, paid %d", study.came, study.refunded, study.paid);
        }
        console.log(
            "  enrolled %d, contributions %d, milestones %d",
            enrolled,
            store.contributions(),
            store.milestones()
        );
        console.log("  payments %d", payments.all);
        console.log("    while suspended %d, not approved %d", payments.suspended, payments.unapproved);
        console.log("    while not licensed %d, refunded %d", payments.unlicensed, payments.refunded);
        console.log("    after withdrawing %d", payments.withdrawn);
        StudyStore.Turns memory turns = store.turns();
        console.log("  amendments %d, seats they closed %d", turns.amendments, turns.seatsClosed);
        console.log("    credited before their money %d, refused for it %d", turns.covered, turns.uncovered);
        console.log("  prolonged while others waited %d, refunds %d", turns.prolongations, turns.refunds);
        console.log("  rounds %d, reclaimed %d", rounds.count(), rounds.reclaims());
        console.log("  leaves paid %d, in transfers %d", rounds.leavesPaid(), rounds.transfers());
    }
}
