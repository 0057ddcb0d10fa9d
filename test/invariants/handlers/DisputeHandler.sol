// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimState, ClaimStatus, IClaims} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {PlanTerms} from "../../../contracts/insurance/interfaces/IPlanRegistry.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Claim, ClaimId} from "../../../contracts/types/Claim.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {InsuranceMessages} from "../InsuranceMessages.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {RefusingToken} from "../RefusingToken.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice Claims are decided, appealed, ruled on and funded, or end in silence.
contract DisputeHandler is InsuranceHandler {
    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = this.decide.selector;
        selectors[1] = this.appeal.selector;
        selectors[2] = this.rule.selector;
        selectors[3] = this.finalize.selector;
        selectors[4] = this.fund.selector;
    }

    function decide(uint256 claimSeed, uint256 benefitSeed, uint256 callerSeed) external {
        uint256 place = _pick(claimSeed, ClaimStatus.Pending);
        ClaimStore.Filed memory claim = store.claimAt(place);
        address caller = _caller(INSURANCE.insurerOf(claim.plan), callerSeed);
        uint96 benefit = _part(claim.state.benefit, benefitSeed);
        uint256 free = store.bookOf(claim.plan).free;
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(IClaims.decide, (_keyOf(place), benefit, 0)),
            callerSeed / 16
        );

        bool rightful =
            _isOpen(claim.state, ClaimStatus.Pending) &&
                _actsFor(caller, INSURANCE.insurerOf(claim.plan)) &&
                benefit <= claim.state.benefit &&
                (benefit == claim.state.benefit || free >= INSURANCE.termsOf(claim.plan).rulingFee) &&
                !isTwice;
        bool succeeded = _actOn(place, caller, data);

        store.judge(succeeded, rightful);
        if (succeeded) store.decided(place, benefit);
    }

    /// @notice By the provider or the patient, who now and then signs it only.
    function appeal(uint256 claimSeed, uint256 callerSeed, uint256 bySignature) external {
        uint256 place = _pick(claimSeed, ClaimStatus.Decided);
        ClaimStore.Filed memory claim = store.claimAt(place);
        address patient = store.policyAt(claim.policy).key.patient;
        address actor = callerSeed % 2 == 0 ? patient : _caller(claim.provider, callerSeed / 2);
        bytes memory data = abi.encodeCall(IClaims.appeal, (_keyOf(place), 0));
        if (bySignature % 3 == 0) data = _signedAppeal(place, claim.id, actor);

        bool mayAppeal = actor == patient || _actsFor(actor, claim.provider);
        bool succeeded = _actOn(place, bySignature % 3 == 0 ? world.anyone(callerSeed) : actor, data);

        store.judge(succeeded, mayAppeal && _isOpen(claim.state, ClaimStatus.Decided));
        if (succeeded) store.appealed(place);
    }

    function rule(uint256 claimSeed, uint256 awardSeed, uint256 callerSeed) external {
        uint256 place = _pick(claimSeed, ClaimStatus.Appealed);
        ClaimStore.Filed memory claim = store.claimAt(place);
        PlanTerms memory terms = INSURANCE.termsOf(claim.plan);
        (address turn, bool isOver) = _turn(claim.state, terms);
        address arbitrator = callerSeed % 8 == 0 ? INSURANCE.arbitrators((callerSeed / 8) % 2) : turn;
        uint96 award = _part(claim.state.disputed, awardSeed);
        RefusingToken token = INSURANCE.tokenOf(claim.plan);
        uint256 before = _holdings(token, turn);
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(IClaims.rule, (_keyOf(place), award, 0)),
            callerSeed / 16
        );

        bool rightful =
            claim.state.status == ClaimStatus.Appealed &&
                award <= claim.state.disputed &&
                arbitrator == turn &&
                !isOver &&
                world.ACCREDITATION().isLive(turn, Role.Arbitrator) &&
                !isTwice;
        bool succeeded = _actOn(place, arbitrator, data);

        store.judge(succeeded, rightful);
        uint256 fee = _holdings(token, turn) - before;
        if (fee != (succeeded ? terms.rulingFee : 0)) store.miscount();
        if (succeeded) store.concluded(place, award, fee);
    }

    /// @notice Anybody ends a window nobody used.
    function finalize(uint256 claimSeed, uint256 statusSeed, uint256 callerSeed) external {
        // Pending, Decided or Appealed.
        uint256 place = store.find(claimSeed, ClaimStatus(2 + (statusSeed % 3)), true);
        ClaimStore.Filed memory claim = store.claimAt(place);
        (bytes memory data, bool isTwice) = _twice(abi.encodeCall(IClaims.finalize, (_keyOf(place))), callerSeed / 64);

        bool rightful = _isOverdue(claim) && !isTwice;
        bool succeeded = _actOn(place, world.anyone(callerSeed), data);

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        if (claim.state.status == ClaimStatus.Pending) store.approved(place);
        else store.concluded(place, claim.state.status == ClaimStatus.Appealed ? claim.state.disputed : 0, 0);
    }

    /// @notice Anybody has the reserve bind what a claim is owed.
    function fund(uint256 claimSeed, uint256 callerSeed) external {
        uint256 place = store.findUnfunded(claimSeed);
        ClaimStore.Filed memory claim = store.claimAt(place);
        uint256 owed = uint256(claim.state.benefit) + claim.state.disputed;
        (bytes memory data, bool isTwice) = _twice(abi.encodeCall(IClaims.fund, (_keyOf(place))), callerSeed / 64);

        bool rightful = claim.state.unfunded && store.bookOf(claim.plan).free >= owed && !isTwice;
        bool succeeded = _actOn(place, world.anyone(callerSeed), data);

        store.judge(succeeded, rightful);
        if (succeeded) store.funded(place);
    }

    /// @dev None, all, some, or one too much.
    function _part(uint96 whole, uint256 seed) internal pure returns (uint96) {
        uint256 choice = seed % 8;
        if (choice == 0) return whole + 1;
        if (choice < 3) return 0;
        return choice == 3 ? whole : uint96((seed / 8) % (uint256(whole) + 1));
    }

    function _isOpen(ClaimState memory state, ClaimStatus status) internal view returns (bool) {
        return state.status == status && block.timestamp < state.deadline;
    }

    /// @dev Whose turn it is to rule, and whether nobody's is.
    function _turn(ClaimState memory state, PlanTerms memory terms) internal view returns (address, bool isOver) {
        isOver = block.timestamp >= uint256(state.deadline) + terms.rulingWindow;
        return (block.timestamp < state.deadline ? terms.arbitrator : terms.fallbackArbitrator, isOver);
    }

    function _isOverdue(ClaimStore.Filed memory claim) internal view returns (bool) {
        uint256 deadline = claim.state.deadline;
        ClaimStatus status = claim.state.status;
        if (status == ClaimStatus.Appealed) deadline += INSURANCE.termsOf(claim.plan).rulingWindow;
        else if (status != ClaimStatus.Pending && status != ClaimStatus.Decided) return false;
        return block.timestamp >= deadline;
    }

    function _signedAppeal(uint256 place, ClaimId id, address actor) internal view returns (bytes memory) {
        Claim memory key = _keyOf(place);
        bytes32 digest = InsuranceMessages.appeal(address(ESCROW), ClaimId.unwrap(id), 0, block.timestamp);
        Authorization memory authorization = Authorization(actor, block.timestamp);
        return abi.encodeCall(IClaims.appealBySig, (key, 0, authorization, world.sign(actor, digest)));
    }
}
