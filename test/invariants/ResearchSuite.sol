// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {RewardDistributor} from "../../contracts/research/RewardDistributor.sol";
import {StudyRewards} from "../../contracts/research/StudyRewards.sol";
import {vm} from "../Vm.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {ResearchWorld} from "./ResearchWorld.sol";
import {ContributionHandler} from "./handlers/ContributionHandler.sol";
import {EnrolmentHandler} from "./handlers/EnrolmentHandler.sol";
import {FundingHandler} from "./handlers/FundingHandler.sol";
import {PayoutHandler} from "./handlers/PayoutHandler.sol";
import {ProposalHandler} from "./handlers/ProposalHandler.sol";
import {ResearchOperatorHandler} from "./handlers/ResearchOperatorHandler.sol";
import {StaffHandler} from "./handlers/StaffHandler.sol";
import {StudyClockHandler} from "./handlers/StudyClockHandler.sol";
import {PayoutStore} from "./stores/PayoutStore.sol";
import {StudyStore} from "./stores/StudyStore.sol";

/// @notice A world in which three studies recruit and four rounds pay; and all that random seeds seldom try, one by one.
abstract contract ResearchSuite is InvariantTest {
    /// Callers, as `ResearchHandler` chooses them.
    uint256 internal constant STEWARD = 3;
    uint256 internal constant SECRETARY = 6;
    uint256 internal constant ITSELF = 7;

    /// Which terms a board names, as `ProposalHandler` chooses them.
    uint256 internal constant UNHEARD_OF = 0;
    uint256 internal constant IN_FORCE = 1;
    uint256 internal constant WAITING = 2;

    /// Whether who contributes consents first.
    uint256 internal constant CONSENTED = 1;
    uint256 internal constant AS_IT_IS = 2;

    uint256 internal constant STUDY_COUNT = 4;

    ResearchWorld internal world;
    StudyRewards internal studies;
    RewardDistributor internal distributor;
    StudyStore internal store;
    PayoutStore internal rounds;
    ProposalHandler internal proposals;
    FundingHandler internal funding;
    EnrolmentHandler internal enrolments;
    ContributionHandler internal contributions;
    PayoutHandler internal payouts;
    ResearchOperatorHandler internal operator;
    StaffHandler internal staff;

    function setUp() external {
        world = new ResearchWorld(address(this));
        studies = world.STUDIES();
        distributor = world.DISTRIBUTOR();
        store = new StudyStore(world);
        rounds = new PayoutStore(world);
        proposals = new ProposalHandler(world, store);
        funding = new FundingHandler(world, store);
        enrolments = new EnrolmentHandler(world, store);
        contributions = new ContributionHandler(world, store);
        payouts = new PayoutHandler(world, rounds);
        operator = new ResearchOperatorHandler(world, store);
        staff = new StaffHandler(world, store);
        _handlers.push(new StudyClockHandler(world, store, rounds));
        _handlers.push(proposals);
        _handlers.push(funding);
        _handlers.push(enrolments);
        _handlers.push(contributions);
        _handlers.push(payouts);
        _handlers.push(operator);
        _handlers.push(staff);
        _open();
        _begin();
    }

    /// @dev Nobody has heard of the last study.
    function _open() internal {
        for (uint256 study; study < 3; ++study) {
            proposals.propose(2 * study, 0, 1, ITSELF);
            _approve(study, study % 2, ITSELF, WAITING);
            funding.fund(4 * study, 0, 1);
        }
        for (uint256 seed; rounds.count() < 4; ++seed) payouts.publish(seed, seed, 4 + seed, 7, 7);
    }

    /// @dev Everybody has records. Some take part, and were credited.
    function _begin() internal {
        for (uint256 i; i < 15; ++i) contributions.anchor(i, 16 * (i / 5) + 1, 5);
        for (uint256 i; i < 5; ++i) {
            enrolments.enrol(4 * (i % 3), 8 * i + 1, ITSELF, 7, 0, 1);
            contributions.contribute(4 * (i % 3), 8 * i + 1, 4 * i + 1, 5, CONSENTED);
        }
    }

    /// @dev Of the first study, in which two of three have enrolled.
    function _refuseTerms() internal {
        for (uint256 fault; fault < 16; ++fault) proposals.propose(0, _terms(0, 3), 4 * fault, ITSELF);
        // A cap that is sound by itself, and too high for two.
        proposals.propose(0, _terms(0, 3), 4 * 16, ITSELF);
        _approve(0, 0, ITSELF, WAITING);
        // The board on the sponsor's staff, whoever acts for it: that alone keeps it from adopting, but not from prolonging.
        proposals.propose(0, _terms(0, 3), 1, ITSELF);
        staff.hire(4 * 2 + 1, 1, 4 days + 1);
        _approve(0, 0, SECRETARY, WAITING);
        _approve(0, 0, SECRETARY, IN_FORCE);
        staff.hire(4 * 2 + 1, 1, 0);
        // The board as steward.
        proposals.propose(0, _terms(0, 3) - 2 * 2 ** 12, 1, ITSELF);
        _approve(0, 0, ITSELF, WAITING);
        _approve(0, 0, ITSELF, UNHEARD_OF);
        _approve(0, 0, ITSELF, IN_FORCE);
        vm.assertEq(store.turns().prolongations, 2, "not prolonged while others wait");
        vm.assertEq(store.turns().amendments, 0, "amended by a faulty proposal");
    }

    /// @dev The first study is amended: to room for one and twice the cap, then to room for eight.
    function _refuseUncovered() internal {
        _amend(0, _terms(3, 1));
        vm.assertEq(store.turns().seatsClosed, 1, "no seat was closed");
        _contribute(0, 0, 5, CONSENTED);
        contributions.recordMilestone(0, 0, 0, ITSELF, 1);
        enrolments.enrol(0, 8, ITSELF, 7, 0, 1);
        // One unit short.
        funding.fund(0, 5, 1);
        _contribute(0, 0, 5, CONSENTED);
        vm.assertEq(store.turns().uncovered, 3, "credited what others were promised");
        funding.fund(0, 0, 1);
        _contribute(0, 0, 5, CONSENTED);
        enrolments.enrol(0, 8, ITSELF, 7, 0, 1);
        // Neither of the forms that were in force.
        for (uint256 i; i < 4; ++i) {
            vm.warp(block.timestamp + 1);
            proposals.propose(0, _terms(0, 3), 4 * 2, ITSELF);
        }
        _amend(0, _terms(0, 8));
        _contribute(0, 3, 8, CONSENTED);
        vm.assertEq(store.turns().covered, 1, "not credited although covered");
    }

    /// @dev A consent that was revoked, and authors of the sponsor's; one who became it later counts.
    function _refuseRecords() internal {
        enrolments.revoke(2, 2, 3);
        _contribute(2, 2, 7, AS_IT_IS);
        _contribute(2, 2, 12, CONSENTED);
        staff.hire(4 + 1, 2, 4 days + 1);
        _contribute(2, 2, 7, CONSENTED);
        contributions.anchor(0, 16 * 3 + 1, 5);
        _contribute(0, 0, 15, CONSENTED);
        vm.assertTrue(world.ACCREDITATION().actsFor(world.authors(1), world.sponsors(1)), "not on the staff");
        vm.assertEq(store.personOf(2, world.patients(2)).earned, 2 * store.studyAt(2).terms.reward, "not credited");
    }

    /// @dev Of the last study, whose sponsor shares a secretary with the first board.
    function _refuseBoards() internal {
        _approve(3, 0, ITSELF, IN_FORCE);
        proposals.close(3, ITSELF, 12);
        proposals.propose(2 * 3, 0, 1, ITSELF);
        proposals.close(3, ITSELF, 12);
        proposals.publishResults(3, 1, ITSELF);
        _approve(3, 0, ITSELF, IN_FORCE);
        _approve(3, 0, SECRETARY, WAITING);
        // The sponsor on a board's staff, then the board on the sponsor's.
        staff.hire(4, 1, 4 days + 1);
        _approve(3, 1, ITSELF, WAITING);
        staff.hire(4, 1, 0);
        staff.hire(4 + 1, 2 + 1, 4 days + 1);
        _approve(3, 1, ITSELF, WAITING);
        _approve(3, 0, ITSELF, WAITING);
        vm.assertEq(store.studyAt(3).version, 1, "not approved in the end");
        proposals.suspend(3, ITSELF, 0);
        _approve(3, 0, ITSELF, IN_FORCE);
        proposals.reinstate(3, SECRETARY);
        proposals.reinstate(3, ITSELF);
        // Its own board prolongs, by whomever.
        _approve(3, 0, SECRETARY, IN_FORCE);
        _approve(3, 1, ITSELF, IN_FORCE);
    }

    /// @dev The first study's board loses its licence; one of the sponsor's may not follow it, another may, in the suspension.
    function _refuseSuccessors() internal {
        proposals.endApproval(0, 0);
        proposals.suspend(0, ITSELF, 0);
        operator.suspendLicence(1, 1);
        proposals.endApproval(0, 0);
        proposals.endApproval(0, 0);
        _approve(0, 2, ITSELF, IN_FORCE);
        _approve(0, 1, ITSELF, IN_FORCE);
        operator.restore();
        vm.assertTrue(store.studyAt(0).board == world.boards(1), "no successor");
        vm.assertTrue(store.studyAt(0).isSuspended, "a successor let it go on");
        proposals.reinstate(0, ITSELF);
    }

    /// @dev Payouts in two tokens, for anybody who has some; then results, terms that are over, and refunds.
    function _refuseMoney() internal {
        for (uint256 i; i < 4; ++i) {
            for (uint256 j; j < world.patientCount(); ++j) payouts.claimMany(8 * i, j, 64 * 6 + 1, 0);
        }
        for (uint256 results; results < 3; ++results) proposals.publishResults(0, results, ITSELF);
        funding.refund(0, ITSELF);
        vm.warp(block.timestamp + 1);
        proposals.propose(0, _terms(0, 3), 1, ITSELF);
        vm.warp(store.studyAt(0).proposed.endsAt);
        _approve(0, 1, ITSELF, WAITING);
        vm.warp(store.studyAt(0).terms.refundAt);
        funding.refund(0, STEWARD);
        funding.refund(0, ITSELF);
        funding.refund(0, ITSELF);
        vm.assertEq(store.turns().refunds, 1, "not refunded once");
    }

    function _amend(uint256 study, uint256 terms) internal {
        vm.warp(block.timestamp + 1);
        proposals.propose(2 * study, terms, 1, ITSELF);
        _approve(study, 0, ITSELF, WAITING);
    }

    function _approve(uint256 study, uint256 board, uint256 caller, uint256 termsSeed) internal {
        proposals.approve(4 * study, 4 * board, caller, termsSeed, 16 * 90 days + 1);
    }

    function _contribute(uint256 study, uint256 patient, uint256 record, uint256 consent) internal {
        contributions.contribute(4 * study, 8 * patient, 4 * record, 5, consent);
    }

    /// @dev The seed of terms with a cap of so many thirds more, three sevenths of it for a contribution, and the same steward
    /// and categories.
    function _terms(uint256 more, uint256 capacity) internal pure returns (uint256) {
        return more * 4 + 3 * 16 + 128 + (capacity - 1) * 512 + 2 * 2 ** 12 + 2 ** 15;
    }
}
