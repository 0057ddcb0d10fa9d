// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IStudyRewards} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {bound} from "../../Vm.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Money comes, goes to participants and goes back, every payment measured; a token refuses some payees for a while.
contract FundingHandler is ResearchHandler {
    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.fund.selector;
        selectors[1] = this.claim.selector;
        selectors[2] = this.refund.selector;
        selectors[3] = this.refuse.selector;
    }

    /// @notice All that is missing, more, one unit less or a part, by the sponsor or a patron, who take their time.
    function fund(uint256 studySeed, uint256 amountSeed, uint256 fromSeed) external {
        if (fromSeed % 8 > 3) return;
        uint256 place =
            studySeed % 4 == 0 ? (studySeed / 4) % RESEARCH.STUDY_COUNT() : store.findUnfunded(studySeed / 4);
        StudyStore.Study memory study = store.studyAt(place);
        IERC20 token = RESEARCH.token(place);
        address from = fromSeed % 4 == 0 ? RESEARCH.patients((fromSeed / 4) % 2) : study.key.sponsor;
        uint256 missing = store.missingOf(place);
        uint256 atMost = _atMost(missing, amountSeed);
        uint256 before = token.balanceOf(from);

        bool succeeded = _act(from, abi.encodeCall(IStudyRewards.fund, (study.id, uint96(atMost))));

        uint256 due = atMost < missing ? atMost : missing;
        store.judge(succeeded, study.version != 0 && !study.isFunded && due <= before);
        uint256 gone = before - token.balanceOf(from);
        if (gone != (succeeded ? due : 0)) store.mispay();
        if (succeeded) store.came(place, gone, gone == missing);
    }

    /// @notice Anybody has a participant paid.
    function claim(uint256 studySeed, uint256 patientSeed, uint256 callerSeed, uint256 twice) external {
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        address patient =
            patientSeed % 8 == 0 ? world.patient(patientSeed / 8) : store.findOwed(place, patientSeed / 8);
        uint256 before = RESEARCH.token(place).balanceOf(patient);
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(IStudyRewards.claim, (RESEARCH.idOf(place), patient)),
            twice
        );

        bool succeeded = _act(world.anyone(callerSeed), data);

        _paid(place, patient, RESEARCH.token(place).balanceOf(patient) - before, succeeded, isTwice);
    }

    function refund(uint256 studySeed, uint256 callerSeed) external {
        uint256 place =
            studySeed % 4 == 0 ? (studySeed / 4) % RESEARCH.STUDY_COUNT() : store.findRefundable(studySeed / 4);
        StudyStore.Study memory study = store.studyAt(place);
        IERC20 token = RESEARCH.token(place);
        address caller = _caller(study.key.sponsor, callerSeed);
        uint256 free = store.freeOf(place);
        uint256 before = token.balanceOf(study.key.sponsor);

        bool rightful =
            study.version != 0 &&
                _actsFor(caller, study.key.sponsor) &&
                block.timestamp >= study.terms.refundAt &&
                free != 0 &&
                !RESEARCH.refuses(token, study.key.sponsor);
        bool succeeded = _act(caller, abi.encodeCall(IStudyRewards.refund, (study.key)));

        store.judge(succeeded, rightful);
        uint256 moved = token.balanceOf(study.key.sponsor) - before;
        if (moved != (succeeded ? free : 0)) store.mispay();
        if (succeeded) store.refunded(place, moved);
    }

    /// @notice The money's issuer stops payments to somebody, or allows all of them again.
    function refuse(uint256 payeeSeed, uint256 allowed) external {
        if (allowed % 2 == 0) {
            for (uint256 i; i < world.patientCount(); ++i) RESEARCH.MONEY().setRefused(world.patients(i), false);
            for (uint256 i; i < 2; ++i) RESEARCH.MONEY().setRefused(RESEARCH.sponsors(i), false);
        } else {
            address payee = payeeSeed % 4 == 0 ? RESEARCH.sponsor(payeeSeed / 4) : world.patient(payeeSeed / 4);
            RESEARCH.MONEY().setRefused(payee, true);
        }
        _count(true);
    }

    /// @dev All that was owed is paid, once; or nothing is.
    function _paid(uint256 place, address patient, uint256 moved, bool succeeded, bool isTwice) internal {
        StudyStore.Person memory person = store.personOf(place, patient);
        uint256 owed = person.earned - person.paid;
        store.judge(succeeded, owed != 0 && !isTwice && !RESEARCH.refuses(RESEARCH.token(place), patient));
        if (moved != (succeeded ? owed : 0)) store.mispay();
        store.paid(place, patient, moved, _isLicensed(store.studyAt(place)));
    }

    function _isLicensed(StudyStore.Study memory study) internal view returns (bool) {
        return _isLive(study.key.sponsor, Role.Researcher) && _isLive(study.board, Role.EthicsBoard);
    }

    /// @dev All and more, one unit short, or a part.
    function _atMost(uint256 missing, uint256 seed) internal pure returns (uint256) {
        uint256 choice = seed % 8;
        if (choice < 5) return choice < 3 ? type(uint96).max : missing;
        if (choice == 5) return missing == 0 ? 0 : missing - 1;
        return bound(seed / 8, 0, missing);
    }
}
