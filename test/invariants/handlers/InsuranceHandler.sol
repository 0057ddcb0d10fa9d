// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimEscrow} from "../../../contracts/insurance/ClaimEscrow.sol";
import {ClaimStatus, IClaims, Submission} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {Claim, ClaimId, Line} from "../../../contracts/types/Claim.sol";
import {Policy, PolicyId} from "../../../contracts/types/Policy.sol";
import {Vm, vm} from "../../Vm.sol";
import {InsuranceMessages} from "../InsuranceMessages.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {RefusingToken} from "../RefusingToken.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {Handler} from "./Handler.sol";

/// @notice What all who insure, bill and judge have in common: mostly who may, and every payment measured.
abstract contract InsuranceHandler is Handler {
    /// @dev Numbers that follow from a seed.
    struct Dice {
        uint256 state;
    }

    InsuranceWorld internal immutable INSURANCE;
    ClaimEscrow internal immutable ESCROW;

    ClaimStore internal store;

    constructor(InsuranceWorld inhabited, ClaimStore claims) Handler(inhabited) {
        INSURANCE = inhabited;
        ESCROW = inhabited.ESCROW();
        store = claims;
    }

    function _act(address caller, bytes memory data) internal returns (bool) {
        return _call(caller, address(ESCROW), data);
    }

    /// @dev Acts on a claim, and tells the store what its provider got or gave, and what the escrow said it paid.
    function _actOn(uint256 place, address caller, bytes memory data) internal returns (bool succeeded) {
        ClaimStore.Filed memory claim = store.claimAt(place);
        RefusingToken token = INSURANCE.tokenOf(claim.plan);
        uint256 before = _holdings(token, claim.provider);
        vm.recordLogs();
        succeeded = _act(caller, data);
        // What was refused leaves no events, but is recorded.
        uint256 announced = succeeded ? _announced(vm.getRecordedLogs(), claim.id) : 0;
        store.moved(place, before, _holdings(token, claim.provider), announced);
    }

    /// @dev Now and then all is asked for twice in one transaction, which never works.
    function _twice(bytes memory data, uint256 seed) internal pure returns (bytes memory, bool isTwice) {
        if (seed % 8 != 0) return (data, false);
        bytes[] memory batch = new bytes[](2);
        (batch[0], batch[1]) = (data, data);
        return (abi.encodeCall(ClaimEscrow(address(0)).multicall, (batch)), true);
    }

    /// @dev What somebody has of a token and is credited with.
    function _holdings(RefusingToken token, address payee) internal view returns (uint256) {
        return token.balanceOf(payee) + ESCROW.creditOf(address(token), payee);
    }

    function _announced(Vm.Log[] memory logs, ClaimId id) internal pure returns (uint256 sum) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClaims.ClaimPaid.selector || logs[i].topics[1] != ClaimId.unwrap(id)) continue;
            sum += abi.decode(logs[i].data, (uint256));
        }
    }

    /// @dev Mostly the organisation itself or its staff; now and then another.
    function _caller(address organisation, uint256 seed) internal view returns (address) {
        uint256 choice = seed % 32;
        if (choice == 0) return world.patient(seed / 32);
        if (choice == 1) return INSURANCE.provider(seed / 32);
        if (choice == 2) return INSURANCE.insurers((seed / 32) % 2);
        return
            choice == 3
                ? INSURANCE.ADJUSTER()
                : choice == 4
                    ? INSURANCE.BILLER()
                    : organisation;
    }

    function _actsFor(address caller, address organisation) internal view returns (bool) {
        return
            caller == organisation ||
            (caller == INSURANCE.ADJUSTER() && organisation == INSURANCE.insurers(0)) ||
            (caller == INSURANCE.BILLER() && organisation == INSURANCE.providers(0));
    }

    /// @dev Mostly a claim in the status that is wanted.
    function _pick(uint256 seed, ClaimStatus wanted) internal view returns (uint256) {
        return seed % 8 == 0 ? (seed / 8) % store.claimCount() : store.find(seed / 8, wanted, false);
    }

    function _submissionOf(uint256 place) internal view returns (Submission memory) {
        return abi.decode(store.submissionAt(place), (Submission));
    }

    function _keyOf(uint256 place) internal view returns (Claim memory) {
        return _key(_submissionOf(place));
    }

    function _key(Submission memory submission) internal pure returns (Claim memory) {
        bytes32 lines = InsuranceMessages.hashLines(submission.lines);
        return Claim(submission.policy, submission.provider, lines, submission.documents);
    }

    function _id(Policy memory policy) internal pure returns (PolicyId) {
        return PolicyId.wrap(keccak256(abi.encode(policy)));
    }

    function _today() internal view returns (uint24) {
        return uint24(block.timestamp / 1 days);
    }

    function _roll(Dice memory dice, uint256 sides) internal pure returns (uint256) {
        dice.state = uint256(keccak256(abi.encode(dice.state)));
        return dice.state % sides;
    }
}
