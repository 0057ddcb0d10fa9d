// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IPolicies} from "../../../contracts/insurance/interfaces/IPolicies.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Policy} from "../../../contracts/types/Policy.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {InsuranceMessages} from "../InsuranceMessages.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {RefusingToken} from "../RefusingToken.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice Policies are issued, bought, ended and closed.
contract UnderwritingHandler is InsuranceHandler {
    /// @dev A policy that is to end earlier.
    struct Ending {
        uint256 place;
        ClaimStore.Insured insured;
        address actor;
        bool byPatient;
        uint24 endDay;
    }

    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.issue.selector;
        selectors[1] = this.purchase.selector;
        selectors[2] = this.terminate.selector;
        selectors[3] = this.close.selector;
    }

    function issue(uint256 planSeed, uint256 termsSeed, uint256 callerSeed) external {
        uint256 plan = planSeed % INSURANCE.PLAN_COUNT();
        Policy memory policy = _policy(plan, termsSeed);
        address caller = _caller(INSURANCE.insurerOf(plan), callerSeed);

        bool rightful = _isInsurer(caller, plan) && _isUnderwritable(plan, policy, 0);
        bool succeeded = _act(caller, abi.encodeCall(IPolicies.issue, (policy)));

        store.judge(succeeded, rightful);
        if (succeeded) store.insured(plan, _id(policy), policy, false);
    }

    /// @notice A holder, or another, buys with a quote that is the insurer's, or another's, and mostly not too old.
    function purchase(
        uint256 planSeed,
        uint256 termsSeed,
        uint256 callerSeed,
        uint256 signerSeed,
        uint256 ageSeed
    ) external {
        uint256 plan = planSeed % INSURANCE.PLAN_COUNT();
        Policy memory policy = _policy(plan, termsSeed);
        address caller = _caller(policy.holder, callerSeed);
        Authorization memory quote = Authorization({
            signer: _caller(INSURANCE.insurerOf(plan), signerSeed),
            deadline: ageSeed % 8 == 0 ? block.timestamp - 1 : block.timestamp
        });
        uint256 before = INSURANCE.tokenOf(plan).balanceOf(caller);

        bool rightful =
            caller == policy.holder &&
                _isInsurer(quote.signer, plan) &&
                quote.deadline == block.timestamp &&
                _isUnderwritable(plan, policy, policy.premium);
        bool succeeded = _act(caller, abi.encodeCall(IPolicies.purchase, (policy, quote, _signed(policy, quote))));

        store.judge(succeeded, rightful);
        store.came(plan, before - INSURANCE.tokenOf(plan).balanceOf(caller));
        if (succeeded) store.insured(plan, _id(policy), policy, true);
    }

    /// @notice Half of the time by signature.
    function terminate(uint256 policySeed, uint256 daySeed, uint256 callerSeed) external {
        Ending memory ending;
        ending.place = policySeed % store.policyCount();
        ending.insured = store.policyAt(ending.place);
        address insurer = INSURANCE.insurerOf(ending.insured.plan);
        ending.actor = callerSeed % 2 == 0 ? ending.insured.key.patient : _caller(insurer, callerSeed / 2);
        ending.byPatient = ending.actor == ending.insured.key.patient;
        uint256 earliest = _today() + (ending.byPatient ? 1 : 30);
        ending.endDay = _endDay(earliest, daySeed);

        bool rightful =
            (ending.byPatient || _actsFor(ending.actor, insurer)) &&
                ending.endDay >= earliest &&
                ending.endDay < ending.insured.endDay;
        _end(ending, rightful, daySeed);
    }

    function close(uint256 policySeed, uint256 callerSeed) external {
        uint256 place = store.findRanOff(policySeed);
        ClaimStore.Insured memory insured = store.policyAt(place);

        bool succeeded = _act(world.anyone(callerSeed), abi.encodeCall(IPolicies.close, (insured.key)));

        store.judge(succeeded, !insured.closed && _today() >= insured.endDay + 180);
        if (succeeded) store.closed(place);
    }

    /// @dev Short ones that began lately, and now and then one that is there already, lasts too long, is over or nobody's.
    function _policy(uint256 plan, uint256 seed) internal view returns (Policy memory policy) {
        Dice memory dice = Dice(seed);
        uint256 known = _roll(dice, store.policyCount() + 16);
        if (known < store.policyCount() / 4 && store.policyAt(known).plan == plan) return store.policyAt(known).key;
        policy.plan = INSURANCE.plans(plan);
        if (_roll(dice, 32) != 0) policy.patient = world.patient(_roll(dice, 3));
        policy.holder = _roll(dice, 2) == 0 ? INSURANCE.EMPLOYER() : world.patient(_roll(dice, 3));
        policy.firstDay = uint24(_today() - _roll(dice, 8));
        policy.endDay = uint24(policy.firstDay + _roll(dice, 60));
        if (_roll(dice, 8) == 0) policy.endDay = uint24(policy.firstDay + 365 + _roll(dice, 3));
        if (_roll(dice, 8) == 0) policy.firstDay = uint24(_today() + _roll(dice, 4) * 183);
        policy.premium = uint96(_roll(dice, 60) * INSURANCE.scaleOf(plan));
        policy.document = bytes32(_roll(dice, type(uint256).max));
    }

    /// @dev The first day a policy may end, the one before, or some later one.
    function _endDay(uint256 earliest, uint256 seed) internal pure returns (uint24) {
        uint256 choice = seed % 4;
        return uint24(choice < 2 ? earliest - choice : earliest + ((seed / 4) % 40));
    }

    /// @dev Whatever is given back reaches the holder, and nothing else does.
    function _end(Ending memory ending, bool rightful, uint256 seed) internal {
        uint256 refund = rightful ? _refund(ending) : 0;
        RefusingToken token = INSURANCE.tokenOf(ending.insured.plan);
        address holder = ending.insured.key.holder;
        uint256 before = _holdings(token, holder);

        bool succeeded = _act(ending.actor, _terminate(ending, seed));

        store.judge(succeeded, rightful && _isAffordable(ending.insured.plan, refund));
        if (!succeeded) refund = 0;
        if (_holdings(token, holder) - before != refund) store.miscount();
        if (succeeded) store.terminated(ending.place, ending.endDay, refund);
    }

    /// @dev The premium of the days an insurer takes away, rounded down.
    function _refund(Ending memory ending) internal pure returns (uint256) {
        if (ending.byPatient || !ending.insured.purchased) return 0;
        Policy memory key = ending.insured.key;
        uint256 from = ending.endDay < key.firstDay ? key.firstDay : ending.endDay;
        // One that begins later may have been ended before it begins.
        if (ending.insured.endDay <= from) return 0;
        return (uint256(key.premium) * (ending.insured.endDay - from)) / (key.endDay - key.firstDay);
    }

    /// @dev What goes back to a holder leaves the floor standing.
    function _isAffordable(uint256 plan, uint256 refund) internal view returns (bool) {
        ClaimStore.Book memory book = store.bookOf(plan);
        uint256 bound = INSURANCE.termsOf(plan).collateral * book.policies + book.unfunded;
        return refund == 0 || book.free >= bound + refund;
    }

    function _isInsurer(address caller, uint256 plan) internal view returns (bool) {
        address insurer = INSURANCE.insurerOf(plan);
        return _actsFor(caller, insurer) && world.ACCREDITATION().isLive(insurer, Role.Insurer);
    }

    function _isUnderwritable(uint256 plan, Policy memory policy, uint256 premium) internal view returns (bool) {
        ClaimStore.Book memory book = store.bookOf(plan);
        uint256 bound = INSURANCE.termsOf(plan).collateral * (book.policies + 1) + book.unfunded;
        return
            !ESCROW.paused() &&
            policy.patient != address(0) &&
            policy.firstDay < policy.endDay &&
            policy.endDay - policy.firstDay <= 366 &&
            policy.endDay > _today() &&
            policy.firstDay <= _today() + 366 &&
            !store.isInsured(_id(policy)) &&
            book.free + premium >= bound;
    }

    function _signed(Policy memory policy, Authorization memory quote) internal view returns (bytes memory) {
        return world.sign(quote.signer, InsuranceMessages.quote(address(ESCROW), policy, quote.deadline));
    }

    function _terminate(Ending memory ending, uint256 seed) internal view returns (bytes memory) {
        Policy memory key = ending.insured.key;
        if (seed % 2 == 0) return abi.encodeCall(IPolicies.terminate, (key, ending.endDay));
        Authorization memory authorization = Authorization(ending.actor, block.timestamp);
        bytes32 digest = InsuranceMessages.terminate(
            address(ESCROW),
            ending.insured.id,
            ending.endDay,
            block.timestamp
        );
        bytes memory signature = world.sign(ending.actor, digest);
        return abi.encodeCall(IPolicies.terminateBySig, (key, ending.endDay, authorization, signature));
    }
}
