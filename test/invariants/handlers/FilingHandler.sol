// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimStatus, IClaims, Preauthorization, Submission} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {PolicyState} from "../../../contracts/insurance/interfaces/IPolicies.sol";
import {ClaimId, Line} from "../../../contracts/types/Claim.sol";
import {Accumulators, LineOutcome, Outcome} from "../../../contracts/types/Outcome.sol";
import {Vm, vm} from "../../Vm.sol";
import {InsuranceMessages} from "../InsuranceMessages.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {RefusingToken} from "../RefusingToken.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice A claim on its way to the escrow, and what became of it.
struct Filing {
    Submission submission;
    ClaimId id;
    /// Its policy's place, and its plan's.
    uint256 policy;
    uint256 plan;
    /// The EIP-712 hash of each promise that came with it.
    bytes32[] promises;
    /// What its policy's earlier claims come to, and what has to become of it.
    Accumulators standing;
    Outcome outcome;
    LineOutcome[] lines;
    /// What its provider had before and has afterwards, and was told it got.
    uint256 before;
    uint256 afterwards;
    uint256 announced;
}

/// @notice Fills in claims, knows which of them may come and what has to become of them.
abstract contract FilingHandler is InsuranceHandler {
    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    /// @dev Mostly one of the last policies, whose days are hardly over.
    function _insured(uint256 seed) internal view returns (uint256) {
        uint256 count = store.policyCount();
        uint256 recent = count < 4 ? count : 4;
        return seed % 8 == 0 ? (seed / 8) % count : count - 1 - ((seed / 8) % recent);
    }

    /// @dev One line to three, each now and then with what is refused.
    function _file(uint256 policy, address provider, uint256 seed) internal view returns (Filing memory) {
        Dice memory dice = Dice(seed);
        ClaimStore.Insured memory insured = store.policyAt(policy);
        Submission memory submission;
        submission.policy = insured.key;
        submission.provider = provider;
        submission.role = INSURANCE.roleOf(provider);
        submission.documents = bytes32(seed);
        submission.lines = new Line[](_roll(dice, 32) == 0 ? 0 : 1 + _roll(dice, 3));
        for (uint256 i; i < submission.lines.length; ++i) submission.lines[i] = _line(dice, insured);
        submission.preauthorizations = new Preauthorization[](submission.lines.length == 0 ? 0 : _roll(dice, 3));
        for (uint256 i; i < submission.preauthorizations.length; ++i) {
            submission.preauthorizations[i] = _promise(dice, insured, submission);
        }
        return _filing(policy, submission);
    }

    function _filing(uint256 policy, Submission memory submission) internal view returns (Filing memory filing) {
        filing.submission = submission;
        filing.id = ClaimId.wrap(keccak256(abi.encode(_key(submission))));
        filing.policy = policy;
        filing.plan = store.policyAt(policy).plan;
        filing.promises = new bytes32[](submission.preauthorizations.length);
        for (uint256 i; i < filing.promises.length; ++i) {
            filing.promises[i] = _hash(submission, submission.preauthorizations[i]);
        }
    }

    function _line(Dice memory dice, ClaimStore.Insured memory insured) internal view returns (Line memory line) {
        line.service = INSURANCE.services(_roll(dice, 32) == 0 ? 4 : _roll(dice, 4));
        uint256 last = insured.endDay <= _today() ? insured.endDay - 1 : _today();
        uint256 days_ = last < insured.key.firstDay ? 1 : last + 1 - insured.key.firstDay;
        line.day = uint24(insured.key.firstDay + _roll(dice, days_));
        // Now and then the day before the first, or after the last.
        if (_roll(dice, 32) == 0) line.day = uint24(_roll(dice, 2) == 0 ? insured.key.firstDay - 1 : last + 1);
        line.number = uint8(_roll(dice, 24));
        line.quantity = uint32(_roll(dice, 2) == 0 ? 1_000 : 1 + _roll(dice, 3_000));
        if (_roll(dice, 64) == 0) line.quantity = _roll(dice, 2) == 0 ? 0 : 100_000_001;
        line.billed = uint96(_roll(dice, 400) * INSURANCE.scaleOf(insured.plan));
        if (_roll(dice, 32) == 0) line.billed = type(uint96).max;
    }

    /// @dev For a line that needs it if there is one. Few differ, so that some are used twice.
    function _promise(
        Dice memory dice,
        ClaimStore.Insured memory insured,
        Submission memory submission
    ) internal view returns (Preauthorization memory promise_) {
        uint256 line = _roll(dice, submission.lines.length);
        for (uint256 i; i < submission.lines.length; ++i) {
            if (_asks(submission.lines[i])) line = i;
        }
        promise_.line = uint8(_roll(dice, 32) == 0 ? submission.lines.length : line);
        promise_.amount = uint96((1 + _roll(dice, 2)) * 150 * INSURANCE.scaleOf(insured.plan));
        promise_.lastDay = _roll(dice, 16) == 0 ? insured.key.firstDay : insured.key.endDay;
        promise_.preAuthRef = bytes32(_roll(dice, 8));
        bool isOfAnother = _roll(dice, 16) == 0;
        promise_.signer = isOfAnother ? submission.provider : INSURANCE.insurerOf(insured.plan);
        if (!isOfAnother && insured.plan < 2 && _roll(dice, 2) == 0) promise_.signer = INSURANCE.ADJUSTER();
        promise_.signature = world.sign(promise_.signer, _hash(submission, promise_));
    }

    function _hash(Submission memory submission, Preauthorization memory promise_) internal view returns (bytes32) {
        uint256 line = promise_.line < submission.lines.length ? promise_.line : 0;
        return
            InsuranceMessages.preauthorize(
                address(ESCROW),
                _id(submission.policy),
                submission.provider,
                submission.lines[line].service,
                promise_
            );
    }

    function _asks(Line memory line) internal view returns (bool) {
        return keccak256(abi.encode(line.service)) == keccak256(abi.encode(INSURANCE.services(2)));
    }

    /// @dev Whether a claim may come: from whom, when and with which lines.
    function _isFilable(Filing memory filing, address caller) internal view returns (bool) {
        Submission memory submission = filing.submission;
        ClaimStore.Insured memory insured = store.policyAt(filing.policy);
        uint256 count = submission.lines.length;
        ClaimStatus status = store.statusOf(filing.id);
        bool rightful =
            _actsFor(caller, submission.provider) &&
                world.ACCREDITATION().isLive(submission.provider, submission.role) &&
                !insured.closed &&
                _today() < insured.endDay + 180 &&
                count != 0 &&
                status == ClaimStatus.None;
        for (uint256 i; i < count; ++i) {
            Line memory line = submission.lines[i];
            rightful =
                rightful &&
                line.quantity != 0 &&
                line.quantity <= 100_000_000 &&
                line.day >= insured.key.firstDay &&
                line.day < insured.endDay &&
                line.day <= _today() &&
                !store.isAccepted(filing.policy, submission.provider, line);
            for (uint256 j; j < i; ++j) {
                Line memory other = submission.lines[j];
                rightful = rightful && (other.day != line.day || other.number != line.number);
            }
        }
        return rightful;
    }

    /// @dev Whether a claim can be adjudicated, and if so to what.
    function _isPayable(Filing memory filing) internal view returns (bool) {
        Submission memory submission = filing.submission;
        uint96[] memory authorized = new uint96[](submission.lines.length);
        for (uint256 i; i < submission.preauthorizations.length; ++i) {
            Preauthorization memory promise_ = submission.preauthorizations[i];
            if (!_isKept(filing, i)) return false;
            authorized[promise_.line] = promise_.amount;
        }
        PolicyState memory standing = store.standingOf(filing.policy);
        filing.standing = Accumulators(standing.deductible, standing.outOfPocket, standing.benefit);
        try
            INSURANCE.PLANS().adjudicate(
                INSURANCE.plans(filing.plan),
                submission.provider,
                filing.standing,
                submission.lines,
                authorized
            )
        returns (Outcome memory outcome, LineOutcome[] memory lines) {
            (filing.outcome, filing.lines) = (outcome, lines);
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Whether a promise is the insurer's, reaches to the day and was made for this line.
    function _isKept(Filing memory filing, uint256 index) internal view returns (bool) {
        Preauthorization memory promise_ = filing.submission.preauthorizations[index];
        if (promise_.line >= filing.submission.lines.length) return false;
        Line memory line = filing.submission.lines[promise_.line];
        uint256 used = store.usedFor(filing.promises[index]);
        for (uint256 i; i < index; ++i) {
            if (filing.promises[i] == filing.promises[index]) used = _placeOf(filing, i);
        }
        return
            _actsFor(promise_.signer, INSURANCE.insurerOf(filing.plan)) &&
            line.day <= promise_.lastDay &&
            (used == 0 || used == _placeOf(filing, index));
    }

    /// @dev Sends a claim that may be paid at once.
    function _settle(Filing memory filing, address caller, bytes memory data) internal returns (bool succeeded) {
        RefusingToken token = INSURANCE.tokenOf(filing.plan);
        filing.before = _holdings(token, filing.submission.provider);
        vm.recordLogs();
        succeeded = _act(caller, data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        filing.afterwards = _holdings(token, filing.submission.provider);
        if (!succeeded) return false;
        filing.announced = _announced(logs, filing.id);
        if (!_isShared(logs, filing)) store.miscount();
    }

    function _settled(Filing memory filing, uint256 place) internal {
        store.moved(place, filing.before, filing.afterwards, filing.announced);
    }

    /// @dev A claim's lines and promises are taken.
    function _filed(Filing memory filing) internal returns (uint256 place) {
        Submission memory submission = filing.submission;
        place = store.filed(filing.id, filing.policy, submission.provider, abi.encode(submission));
        store.lines(place, submission.lines, true);
        for (uint256 i; i < filing.promises.length; ++i) store.promised(filing.promises[i], _placeOf(filing, i));
    }

    /// @dev Whether what was told is what had to become of the claim, and each line adds up to what was billed.
    function _isShared(Vm.Log[] memory logs, Filing memory filing) internal pure returns (bool) {
        LineOutcome[] memory lines = filing.lines;
        for (uint256 i; i < lines.length; ++i) {
            uint256 shared = uint256(lines[i].benefit) + lines[i].patientShare + lines[i].writeOff;
            if (shared != filing.submission.lines[i].billed) return false;
        }
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClaims.ClaimAdjudicated.selector) continue;
            (Outcome memory told, Accumulators memory before, , ) = abi.decode(
                logs[i].data,
                (Outcome, Accumulators, uint40, bool)
            );
            bytes32 expected = keccak256(abi.encode(filing.outcome, filing.standing));
            return lines.length != 0 && keccak256(abi.encode(told, before)) == expected;
        }
        return false;
    }

    /// @dev Where a promise is used: unlike for any two lines of a provider under a policy.
    function _placeOf(Filing memory filing, uint256 index) internal pure returns (uint256) {
        Line memory line = filing.submission.lines[filing.submission.preauthorizations[index].line];
        return uint256(keccak256(abi.encode(line.day, line.number)));
    }
}
