// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IStudyRegistry, StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Purpose} from "../../../contracts/types/Purpose.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {bound} from "../../Vm.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Sponsors propose and amend, boards approve, prolong and suspend, and people without a say try.
contract ProposalHandler is ResearchHandler {
    uint256 internal constant FAULTS = 17;

    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](7);
        selectors[0] = this.propose.selector;
        selectors[1] = this.approve.selector;
        selectors[2] = this.suspend.selector;
        selectors[3] = this.reinstate.selector;
        selectors[4] = this.endApproval.selector;
        selectors[5] = this.close.selector;
        selectors[6] = this.publishResults.selector;
    }

    /// @notice Asks for other terms, now and then with a fault.
    function propose(uint256 studySeed, uint256 termsSeed, uint256 faultSeed, uint256 callerSeed) external {
        uint256 place = studySeed % 2 == 0 ? (studySeed / 2) % RESEARCH.STUDY_COUNT() : store.findOver(studySeed / 2);
        // Rarely while it runs, because everybody consents anew and all that is promised is funded anew.
        if (store.isRunning(place) && termsSeed % 4 != 0) return;
        StudyStore.Study memory study = store.studyAt(place);
        address caller = _caller(study.key.sponsor, callerSeed);
        StudyTerms memory terms = study.version == 0 ? RESEARCH.termsOf(place) : _amendment(place, termsSeed);
        if (faultSeed % 4 == 0) _spoil(terms, place, (faultSeed / 4) % FAULTS);

        bool rightful =
            _actsFor(caller, study.key.sponsor) &&
                _isLive(study.key.sponsor, Role.Researcher) &&
                _isSound(terms) &&
                (study.version == 0 || (_amends(study.terms, terms) && !store.isUsed(place, terms.form)));
        bool succeeded = _act(caller, abi.encodeCall(IStudyRegistry.propose, (study.key, terms)));

        store.judge(succeeded, rightful);
        if (succeeded) store.proposed(place, terms);
    }

    /// @notice Approves what waits, or prolongs what is in force; now and then by the wrong name.
    function approve(
        uint256 studySeed,
        uint256 boardSeed,
        uint256 callerSeed,
        uint256 hashSeed,
        uint256 untilSeed
    ) external {
        uint256 place =
            studySeed % 4 == 0 ? (studySeed / 4) % RESEARCH.STUDY_COUNT() : store.findUnapproved(studySeed / 4);
        StudyStore.Study memory study = store.studyAt(place);
        address board = study.board == address(0) || boardSeed % 4 == 0 ? RESEARCH.board(boardSeed / 4) : study.board;
        uint40 until = uint40(block.timestamp + (untilSeed % 16 == 0 ? 0 : bound(untilSeed / 16, 1, 90 days)));
        _approve(place, board, _caller(board, callerSeed), hashSeed % 8, until);
    }

    /// @dev By the name of what waits, if anything does; or of what is in force, or of nothing that anybody proposed.
    function _approve(uint256 place, address board, address caller, uint256 choice, uint40 until) internal {
        StudyStore.Study memory study = store.studyAt(place);
        bool isAdopted = choice > 1 && study.isWaiting;
        bytes32 termsHash = keccak256(abi.encode(isAdopted ? study.proposed : study.terms));
        if (choice == 0) termsHash = keccak256("other terms");

        bool isKnown = choice != 0 && (isAdopted ? _isAdoptable(study) : study.version != 0);
        bool rightful = isKnown && until > block.timestamp && _mayApprove(study, board, caller, isAdopted);
        bool succeeded = _act(caller, abi.encodeCall(IStudyRegistry.approve, (study.id, board, termsHash, until)));

        store.judge(succeeded, rightful);
        if (succeeded && isAdopted) store.adopted(place);
        if (succeeded) store.approved(place, board, until);
    }

    function suspend(uint256 studySeed, uint256 callerSeed, uint256 rarity) external {
        if (rarity % 4 != 0) return;
        _setSuspended(studySeed, callerSeed, true);
    }

    function reinstate(uint256 studySeed, uint256 callerSeed) external {
        _setSuspended(studySeed, callerSeed, false);
    }

    function endApproval(uint256 studySeed, uint256 callerSeed) external {
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        StudyStore.Study memory study = store.studyAt(place);

        bool rightful =
            study.board != address(0) &&
                block.timestamp < study.approvedUntil &&
                (!_isLive(study.board, Role.EthicsBoard) || !_isLive(study.key.sponsor, Role.Researcher));
        bool succeeded = _act(world.anyone(callerSeed), abi.encodeCall(IStudyRegistry.endApproval, (study.id)));

        store.judge(succeeded, rightful);
        if (succeeded) store.approvalEnded(place);
    }

    /// @notice Rarely, because it is for good.
    function close(uint256 studySeed, uint256 callerSeed, uint256 rarity) external {
        if (rarity % 16 != 12) return;
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        StudyStore.Study memory study = store.studyAt(place);
        address caller = _caller(study.key.sponsor, callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(IStudyRegistry.close, (study.key)));

        store.judge(succeeded, study.version != 0 && _actsFor(caller, study.key.sponsor));
        if (succeeded) store.closed(place);
    }

    /// @notice Once; now and then without any results.
    function publishResults(uint256 studySeed, uint256 resultsSeed, uint256 callerSeed) external {
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        StudyStore.Study memory study = store.studyAt(place);
        address caller = _caller(study.key.sponsor, callerSeed);
        bytes32 results = bytes32(resultsSeed % 4);

        bool rightful =
            study.version != 0 && study.resultsAt == 0 && results != 0 && _actsFor(caller, study.key.sponsor);
        bool succeeded = _act(caller, abi.encodeCall(IStudyRegistry.publishResults, (study.key, results)));

        store.judge(succeeded, rightful);
        if (succeeded) store.published(place);
    }

    function _setSuspended(uint256 studySeed, uint256 callerSeed, bool isSuspended) internal {
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        StudyStore.Study memory study = store.studyAt(place);
        address caller = _caller(study.board, callerSeed);

        bool rightful =
            study.version != 0 &&
                study.isSuspended != isSuspended &&
                _actsFor(caller, study.board) &&
                (isSuspended || !_actsFor(caller, study.key.sponsor)) &&
                _isLive(study.board, Role.EthicsBoard);
        bool succeeded = _act(
            caller,
            abi.encodeCall(IStudyRegistry.setSuspended, (study.id, isSuspended, bytes32("reasons")))
        );

        store.judge(succeeded, rightful);
        if (succeeded) store.suspended(place, isSuspended);
    }

    /// @dev A licensed board that is the study's own and not in the middle of a suspension, or follows one that has no licence;
    /// and unrelated, unless it is the study's own and adopts nothing.
    function _mayApprove(
        StudyStore.Study memory study,
        address board,
        address caller,
        bool isAdopted
    ) internal view returns (bool) {
        bool isAble =
            _isLive(study.key.sponsor, Role.Researcher) && _isLive(board, Role.EthicsBoard) && _actsFor(caller, board);
        bool isRelated =
            _actsFor(board, study.key.sponsor) ||
                _actsFor(study.key.sponsor, board) ||
                _actsFor(caller, study.key.sponsor) ||
                board == (isAdopted ? study.proposed : study.terms).steward;
        bool isOwn = board == study.board;
        return
            isAble &&
            (isOwn ? !study.isSuspended : !_isLive(study.board, Role.EthicsBoard)) &&
            (!isRelated || (isOwn && !isAdopted));
    }

    /// @dev Time went by since they were proposed, and people enrolled.
    function _isAdoptable(StudyStore.Study memory study) internal view returns (bool) {
        return block.timestamp < study.proposed.endsAt && study.enrolled * study.proposed.cap < 2 ** 96;
    }

    /// @dev A new form, other amounts, room for more or fewer, later or earlier dates; now and then another steward, or a board
    /// for one.
    function _amendment(uint256 place, uint256 seed) internal view returns (StudyTerms memory terms) {
        terms = store.studyAt(place).terms;
        terms.form = keccak256(abi.encode(seed, block.timestamp));
        if (terms.cap < 2 ** 88) terms.cap += (terms.cap * uint96((seed / 4) % 4)) / 3;
        terms.reward = uint96((uint256(terms.cap) * ((seed / 16) % 8)) / 7);
        terms.milestoneReward = uint96((uint256(terms.cap) * ((seed / 128) % 4)) / 3);
        terms.capacity = uint24(1 + ((seed / 512) % 8));
        uint256 choice = (seed / 2 ** 12) % 8;
        terms.steward = choice == 0 ? RESEARCH.boards(place % 2) : RESEARCH.steward(choice == 1 ? place + 1 : place);
        terms.categories = Categories.wrap((seed / 2 ** 15) % 4 == 0 ? 2 ** 5 : RESEARCH.CATEGORIES());
        terms.enrolUntil = uint40(block.timestamp + bound(seed / 2 ** 20, 10 days, 40 days));
        terms.endsAt = terms.enrolUntil + uint40((seed / 2 ** 40) % 20 days);
        terms.refundAt = terms.endsAt + uint40((seed / 2 ** 60) % 10 days);
    }

    /// @dev One thing is wrong; the last only once more than one enrolled.
    function _spoil(StudyTerms memory terms, uint256 place, uint256 fault) internal view {
        StudyStore.Study memory study = store.studyAt(place);
        if (fault == 0)
            terms.token = address(terms.token == address(RESEARCH.MONEY()) ? RESEARCH.token(1) : RESEARCH.token(0));
        if (fault == 1) terms.token = RESEARCH.sponsors(0);
        if (fault == 2) terms.form = store.usedForm(place, uint256(terms.form));
        if (fault == 3) terms.cap = study.terms.cap == 0 ? 0 : study.terms.cap - 1;
        if (fault == 4) terms.steward = address(0);
        if (fault == 5) terms.protocol = 0;
        if (fault == 6) terms.purpose = Purpose.wrap(58);
        if (fault == 7) terms.purpose = Purpose.wrap(62);
        if (fault == 8) terms.categories = Categories.wrap(2 ** 21);
        if (fault == 9) terms.capacity = 0;
        if (fault == 10) (terms.cap, terms.capacity) = (type(uint96).max, 2);
        if (fault == 11) terms.reward = terms.cap + 1;
        if (fault == 12) terms.milestoneReward = terms.cap + 1;
        if (fault == 13) terms.milestones = 33;
        if (fault == 14) terms.endsAt = terms.enrolUntil - 1;
        if (fault == 15) terms.refundAt = terms.endsAt - 1;
        if (fault == 16 && study.enrolled > 1) (terms.cap, terms.capacity) = (type(uint96).max, 1);
    }

    function _isSound(StudyTerms memory terms) internal view returns (bool) {
        uint256 purpose = Purpose.unwrap(terms.purpose);
        uint256 categories = Categories.unwrap(terms.categories);
        bool isNamed = terms.steward != address(0) && terms.form != 0 && terms.protocol != 0;
        bool isAsked = purpose < 62 && purpose != 58 && categories != 0 && categories < 2 ** 21;
        bool isTimed =
            block.timestamp < terms.endsAt && terms.enrolUntil <= terms.endsAt && terms.endsAt <= terms.refundAt;
        return isNamed && isAsked && isTimed && _isPriced(terms);
    }

    function _isPriced(StudyTerms memory terms) internal view returns (bool) {
        bool isWithin = terms.cap != 0 && terms.reward <= terms.cap && terms.milestoneReward <= terms.cap;
        bool fits = uint256(terms.cap) * terms.capacity < 2 ** 96 && terms.milestones <= 32;
        return isWithin && fits && terms.capacity != 0 && terms.token.code.length != 0;
    }

    function _amends(StudyTerms memory inForce, StudyTerms memory terms) internal pure returns (bool) {
        return terms.token == inForce.token && terms.cap >= inForce.cap;
    }
}
