// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {
    ClaimState,
    ClaimStatus,
    IClaims,
    Preauthorization,
    Submission
} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {CLAIMS_CATEGORY} from "../../../contracts/types/Categories.sol";
import {Claim, Line} from "../../../contracts/types/Claim.sol";
import {PAYMENT} from "../../../contracts/types/Purpose.sol";
import {InsuranceMessages} from "../InsuranceMessages.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {Filing, FilingHandler} from "./FilingHandler.sol";

/// @notice Providers bill, insurers accept what nobody acknowledged, and claims lapse or are taken back.
contract BillingHandler is FilingHandler {
    constructor(InsuranceWorld inhabited, ClaimStore claims) FilingHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.submit.selector;
        selectors[1] = this.submitOnConsent.selector;
        selectors[2] = this.resubmit.selector;
        selectors[3] = this.accept.selector;
        selectors[4] = this.lapse.selector;
        selectors[5] = this.reverse.selector;
    }

    /// @notice With an acknowledgement that is mostly the patient's and not too old.
    function submit(
        uint256 policySeed,
        uint256 providerSeed,
        uint256 linesSeed,
        uint256 callerSeed,
        uint256 signerSeed,
        uint256 ageSeed
    ) external {
        Filing memory filing = _file(_insured(policySeed), INSURANCE.provider(providerSeed), linesSeed);
        address signer = signerSeed % 16 == 0 ? world.patient(signerSeed / 16) : filing.submission.policy.patient;
        _submit(filing, signer, ageSeed % 16 == 0 ? block.timestamp - 1 : block.timestamp, callerSeed);
    }

    function submitOnConsent(uint256 policySeed, uint256 providerSeed, uint256 linesSeed, uint256 callerSeed) external {
        // Mostly the clinic, which has some patients' consent.
        uint256 provider = providerSeed % 8 == 0 ? 1 : 0;
        Filing memory filing = _file(_insured(policySeed), INSURANCE.provider(provider), linesSeed);
        Submission memory submission = filing.submission;
        address caller = _caller(submission.provider, callerSeed);
        bool isPermitted = world.CONSENTS().permits(
            submission.policy.patient,
            submission.provider,
            0,
            PAYMENT,
            CLAIMS_CATEGORY
        );

        bool rightful = isPermitted && _isFilable(filing, caller) && _isPayable(filing);
        bool succeeded = _act(caller, abi.encodeCall(IClaims.submitOnConsent, (submission, 0)));

        store.judge(succeeded, rightful);
        if (succeeded) _filed(filing);
    }

    /// @notice Sends a claim again, as it was or corrected.
    function resubmit(uint256 claimSeed, uint256 callerSeed, uint256 corrected) external {
        uint256 place = _pick(claimSeed, corrected % 2 == 0 ? ClaimStatus.Reversed : ClaimStatus.None);
        Submission memory submission = _submissionOf(place);
        if (corrected % 2 == 0) submission.documents = keccak256(abi.encode(submission.documents));
        Filing memory filing = _filing(store.claimAt(place).policy, submission);
        _submit(filing, submission.policy.patient, block.timestamp, callerSeed);
    }

    function accept(uint256 claimSeed, uint256 callerSeed, uint256 lessSeed) external {
        uint256 place = store.find(claimSeed, ClaimStatus.Unacknowledged, false);
        Filing memory filing = _filing(store.claimAt(place).policy, _submissionOf(place));
        // Now and then without the promises that came with it.
        if (lessSeed % 4 == 0) filing.submission.preauthorizations = new Preauthorization[](0);
        address insurer = INSURANCE.insurerOf(filing.plan);
        address caller = _caller(insurer, callerSeed);
        ClaimStore.Filed memory claim = store.claimAt(place);

        bool rightful =
            claim.state.status == ClaimStatus.Unacknowledged &&
                !_isOver(claim.state) &&
                _actsFor(caller, insurer) &&
                _isPayable(filing);
        bool succeeded = _settle(filing, caller, abi.encodeCall(IClaims.accept, (filing.submission)));

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        store.adjudicated(place, filing.outcome);
        _settled(filing, place);
    }

    /// @notice Anybody ends a claim the insurer was silent on, with its lines or others.
    function lapse(uint256 claimSeed, uint256 linesSeed, uint256 callerSeed) external {
        uint256 place = store.find(claimSeed, ClaimStatus.Unacknowledged, true);
        ClaimStore.Filed memory claim = store.claimAt(place);
        (Line[] memory lines, bool areIts) = _lines(place, linesSeed);

        bool succeeded = _actOn(place, world.anyone(callerSeed), abi.encodeCall(IClaims.lapse, (_keyOf(place), lines)));

        bool isWaiting = claim.state.status == ClaimStatus.Unacknowledged;
        store.judge(succeeded, isWaiting && _isOver(claim.state) && areIts);
        if (succeeded) _ended(place);
    }

    function reverse(uint256 claimSeed, uint256 statusSeed, uint256 linesSeed, uint256 callerSeed) external {
        // Any status but none.
        uint256 place = _pick(claimSeed, ClaimStatus(1 + (statusSeed % 6)));
        ClaimStore.Filed memory claim = store.claimAt(place);
        (Line[] memory lines, bool areIts) = _lines(place, linesSeed);
        address caller = _caller(claim.provider, callerSeed);
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(IClaims.reverse, (_keyOf(place), lines)),
            callerSeed / 16
        );

        bool isLive = claim.state.status != ClaimStatus.None && claim.state.status != ClaimStatus.Reversed;
        bool succeeded = _actOn(place, caller, data);

        store.judge(succeeded, isLive && areIts && _actsFor(caller, claim.provider) && !isTwice);
        if (succeeded) _ended(place);
    }

    function _submit(Filing memory filing, address signer, uint256 deadline, uint256 callerSeed) internal {
        Submission memory submission = filing.submission;
        address caller = _caller(submission.provider, callerSeed);
        Claim memory key = _key(submission);
        bytes32 digest = InsuranceMessages.acknowledge(
            address(ESCROW),
            _id(key.policy),
            key.provider,
            key.lines,
            key.documents,
            deadline
        );
        bytes memory data = abi.encodeCall(
            IClaims.submit,
            (submission, Authorization(signer, deadline), world.sign(signer, digest))
        );

        bool rightful =
            signer == submission.policy.patient &&
                deadline == block.timestamp &&
                _isFilable(filing, caller) &&
                _isPayable(filing);
        bool succeeded = _settle(filing, caller, data);

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        uint256 place = _filed(filing);
        store.adjudicated(place, filing.outcome);
        _settled(filing, place);
    }

    function _isOver(ClaimState memory state) internal view returns (bool) {
        return block.timestamp >= state.deadline;
    }

    function _ended(uint256 place) internal {
        store.ended(place);
        store.lines(place, _submissionOf(place).lines, false);
    }

    /// @dev A claim's lines, now and then changed.
    function _lines(uint256 place, uint256 seed) internal view returns (Line[] memory lines, bool areIts) {
        lines = _submissionOf(place).lines;
        areIts = seed % 8 != 0;
        if (!areIts) ++lines[0].quantity;
    }
}
