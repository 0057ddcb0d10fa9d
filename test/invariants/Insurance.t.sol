// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {console} from "hardhat/console.sol";

import {ClaimEscrow} from "../../contracts/insurance/ClaimEscrow.sol";
import {ClaimState, ClaimStatus} from "../../contracts/insurance/interfaces/IClaims.sol";
import {PlanTerms} from "../../contracts/insurance/interfaces/IPlanRegistry.sol";
import {PolicyState} from "../../contracts/insurance/interfaces/IPolicies.sol";
import {Reserve} from "../../contracts/insurance/interfaces/IReserves.sol";
import {vm} from "../Vm.sol";
import {InsuranceWorld} from "./InsuranceWorld.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {BillingHandler} from "./handlers/BillingHandler.sol";
import {DisputeHandler} from "./handlers/DisputeHandler.sol";
import {OperatorHandler} from "./handlers/OperatorHandler.sol";
import {ReserveHandler} from "./handlers/ReserveHandler.sol";
import {TermHandler} from "./handlers/TermHandler.sol";
import {UnderwritingHandler} from "./handlers/UnderwritingHandler.sol";
import {ClaimStore} from "./stores/ClaimStore.sol";

/// @notice INV-5, INV-6 and INV-7 of insurance.
contract InsuranceInvariants is InvariantTest {
    uint256 internal constant CHECKED_AT_A_STEP = 4;

    InsuranceWorld internal world;
    ClaimEscrow internal escrow;
    ClaimStore internal store;
    ReserveHandler internal reserves;
    OperatorHandler internal operator;

    function setUp() external {
        world = new InsuranceWorld(address(this));
        escrow = world.ESCROW();
        store = new ClaimStore(world);
        reserves = new ReserveHandler(world, store);
        operator = new OperatorHandler(world, store);
        BillingHandler billing = new BillingHandler(world, store);
        UnderwritingHandler underwriting = new UnderwritingHandler(world, store);
        _handlers.push(new TermHandler(world, store));
        _handlers.push(reserves);
        _handlers.push(underwriting);
        _handlers.push(billing);
        DisputeHandler disputes = new DisputeHandler(world, store);
        _handlers.push(disputes);
        _handlers.push(operator);
        _open(underwriting, billing);
        // Two are denied, one of them appealed.
        disputes.decide(1, 1, 23);
        disputes.decide(9, 1, 23);
        disputes.appeal(1, 0, 1);
    }

    /// INV-5: for every token the escrow holds exactly what it owes: to each plan what is free, bound to claims and set
    /// aside for rulings, and to payees their credits. Each plan has what came for it, less what it paid itself. Each
    /// claim is paid at most once, and what it is owed.
    function invariant_TheEscrowHoldsWhatItOwesAndPaysOnce() external view {
        vm.assertEq(store.trespassed(), 0, "INV-5: somebody acted without a right to");
        vm.assertEq(reserves.undercut(), 0, "INV-5: withdrawn below what policies bind");
        uint256[3] memory owed;
        uint256[3] memory unfunded;
        for (uint256 i; i < store.claimCount(); ++i) {
            ClaimStore.Filed memory claim = store.claimAt(i);
            ClaimState memory state = escrow.claimOf(claim.id);
            _checkClaim(claim, state);
            if (state.unfunded) unfunded[claim.plan] += uint256(state.benefit) + state.disputed;
            else owed[claim.plan] += state.status == ClaimStatus.Pending ? state.benefit : state.disputed;
            bool isDisputed = state.status == ClaimStatus.Decided || state.status == ClaimStatus.Appealed;
            if (isDisputed) owed[claim.plan] += world.termsOf(claim.plan).rulingFee;
        }
        for (uint256 i; i < owed.length; ++i) {
            Reserve memory reserve = escrow.reserveOf(world.plans(i));
            owed[i] += reserve.free;
            _checkPlan(i, reserve, owed[i]);
            vm.assertEq(reserve.unfunded, unfunded[i], "INV-5: unfunded");
        }
        // Two plans share the first token.
        _checkToken(0, owed[0] + owed[1]);
        _checkToken(1, owed[2]);
    }

    /// INV-6: what is billed is the plan's, the patient's or the provider's, line by line; what counts towards a policy is
    /// the sum of its live claims, and within the plan's limits.
    function invariant_BilledIsSharedAndAccumulatorsAreSums() external view {
        vm.assertEq(store.miscounted(), 0, "INV-6: billed = benefit + patientShare + writeOff");
        // A few at each step, in turn.
        uint256 count = store.policyCount();
        for (uint256 j; j < CHECKED_AT_A_STEP && j < count; ++j) {
            uint256 i = (store.step() * CHECKED_AT_A_STEP + j) % count;
            ClaimStore.Insured memory insured = store.policyAt(i);
            PolicyState memory policy = escrow.policyOf(insured.id);
            PlanTerms memory terms = world.termsOf(insured.plan);
            PolicyState memory sum = store.standingOf(i);
            vm.assertEq(policy.deductible, sum.deductible, "INV-6: deductible");
            vm.assertEq(policy.outOfPocket, sum.outOfPocket, "INV-6: outOfPocket");
            vm.assertEq(policy.benefit, sum.benefit, "INV-6: benefit");
            vm.assertEq(policy.autoApproved, sum.autoApproved, "INV-6: autoApproved");
            vm.assertEq(policy.endDay, sum.endDay, "INV-6: endDay");
            vm.assertEq(policy.closed, sum.closed, "INV-6: closed");
            vm.assertLe(policy.deductible, terms.deductible, "INV-6: above the deductible");
            vm.assertLe(policy.outOfPocket, terms.outOfPocketMax, "INV-6: above the out-of-pocket maximum");
            vm.assertLe(policy.autoApproved, terms.autoApproveYear, "INV-6: above what is paid at once in a year");
            if (terms.annualLimit != 0) vm.assertLe(policy.benefit, terms.annualLimit, "INV-6: above the annual limit");
        }
    }

    /// INV-7: no admin action changes what anybody is owed, and whatever the admin did, nothing rightful is refused but new
    /// policies while paused, and business of those who lost their licence.
    function invariant_NoAdminActionMovesMoneyOrStopsAnExit() external view {
        vm.assertEq(operator.changed(), 0, "INV-7: an admin action changed something");
        vm.assertEq(operator.impersonated(), 0, "INV-7: the admin passed for another");
        vm.assertEq(store.refused(), 0, "INV-7: something rightful was refused");
    }

    /// @dev One long run in which every way a claim can go is gone, and after which all three hold. Prints what moved.
    function test_ClaimsArePaidDeniedAppealedAndReversed() external {
        for (uint256 round; round < ROUNDS; ++round) {
            for (uint256 i; i < _handlers.length; ++i) {
                bytes4[] memory actions = _handlers[i].actions();
                for (uint256 j; j < actions.length; ++j) _act(_handlers[i], actions[j], round);
            }
        }
        this.invariant_TheEscrowHoldsWhatItOwesAndPaysOnce();
        this.invariant_BilledIsSharedAndAccumulatorsAreSums();
        this.invariant_NoAdminActionMovesMoneyOrStopsAnExit();
        (uint256 paid, uint256 repaid) = _tell();
        vm.assertTrue(paid > 4 && repaid != 0, "too few claims were paid or reversed");
    }

    /// @dev What the plans' books say in the end.
    function _tell() internal view returns (uint256 paid, uint256 repaid) {
        uint256[7] memory statuses;
        for (uint256 i; i < store.claimCount(); ++i) {
            ClaimStore.Filed memory claim = store.claimAt(i);
            ++statuses[uint8(claim.state.status)];
            if (claim.paid != 0) ++paid;
            if (claim.repaid != 0) ++repaid;
        }
        console.log("  claims %d, paid %d, paid and reversed %d", store.claimCount(), paid, repaid);
        console.log("  final %d, reversed %d", statuses[5], statuses[6]);
        for (uint256 i; i < world.PLAN_COUNT(); ++i) {
            ClaimStore.Book memory book = store.bookOf(i);
            console.log("  plan %d: came %d, paid %d", i, book.came, book.paid);
            console.log("    repaid %d, withdrawn %d, rulings %d", book.repaid, book.withdrawn, book.fees);
        }
        console.log("  actions that went through while paused %d", store.wentOnWhilePaused());
    }

    /// @dev A plan has what came for it, less what it paid itself.
    function _checkPlan(uint256 plan, Reserve memory reserve, uint256 owed) internal view {
        ClaimStore.Book memory book = store.bookOf(plan);
        uint256 went = book.withdrawn + book.paid + book.fees + book.refunds;
        vm.assertEq(book.came + book.repaid, owed + went, "INV-5: a plan's books");
        vm.assertEq(reserve.free, book.free, "INV-5: free");
        vm.assertEq(reserve.policies, book.policies, "INV-5: live policies");
    }

    function _checkToken(uint256 token, uint256 owed) internal view {
        address[] memory payees = world.payees();
        for (uint256 i; i < payees.length; ++i) owed += escrow.creditOf(address(world.tokens(token)), payees[i]);
        vm.assertEq(world.tokens(token).balanceOf(address(escrow)), owed, "INV-5: balance");
    }

    function _checkClaim(ClaimStore.Filed memory claim, ClaimState memory state) internal pure {
        vm.assertEq(keccak256(abi.encode(state)), keccak256(abi.encode(claim.state)), "INV-5: a claim's state");
        bool isDue = state.status >= ClaimStatus.Decided && state.status <= ClaimStatus.Final && !state.unfunded;
        vm.assertEq(claim.paid, claim.repaid + (isDue ? state.benefit : 0), "INV-5: paid once");
        vm.assertEq(claim.paid, claim.announced, "INV-5: ClaimPaid");
    }

    /// @dev A run begins with something in each reserve, but little in the second, two policies of each plan, and claims.
    function _open(UnderwritingHandler underwriting, BillingHandler billing) internal {
        for (uint256 plan; plan < world.PLAN_COUNT(); ++plan) {
            reserves.deposit(plan, 1, plan == 1 ? 60 : 299 * world.scaleOf(plan));
            for (uint256 seed; store.policyCount() < 2 * (plan + 1); ++seed) underwriting.issue(plan, seed, 7);
        }
        for (uint256 seed; store.claimCount() < 6; ++seed) billing.submit(8 * seed + 1, seed, seed, 7, 1, 1);
        for (uint256 seed; store.claimCount() < 8; ++seed) billing.submitOnConsent(8 * seed + 1, 1, seed, 7);
    }
}
