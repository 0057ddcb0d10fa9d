// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {IStudyRewards, Participation} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {IRecordRegistry} from "../../../contracts/records/interfaces/IRecordRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {RecordId, RecordKey} from "../../../contracts/types/RecordKey.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Records are anchored, contributed and erased, and visits recorded.
contract ContributionHandler is ResearchHandler {
    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.anchor.selector;
        selectors[1] = this.contribute.selector;
        selectors[2] = this.recordMilestone.selector;
        selectors[3] = this.erase.selector;
    }

    /// @notice Mostly of a category studies ask for; now and then by the patient, or also of another category.
    function anchor(uint256 patientSeed, uint256 authorSeed, uint256 categorySeed) external {
        address patient = world.patient(patientSeed);
        address author = authorSeed % 16 == 0 ? patient : RESEARCH.author(authorSeed / 16);
        uint48 categories = uint48(2 ** (categorySeed % 8 == 0 ? 2 : 5));
        if (categorySeed % 16 == 1) categories |= 2 ** 20;
        bytes32 salt = keccak256(abi.encode(store.recordCount()));
        RecordKey memory key = RecordKey(patient, author, keccak256(abi.encode(categories, salt)));

        bool succeeded = _call(
            author,
            address(world.RECORDS()),
            abi.encodeCall(IRecordRegistry.anchor, (RESEARCH.roleOf(author), key, keccak256(abi.encode(salt))))
        );

        if (succeeded) store.anchored(StudyStore.Record(key, Categories.wrap(categories), salt));
    }

    /// @notice Mostly something new of somebody enrolled, half of the time consented to before; now and then with other words
    /// than its commitment's.
    function contribute(
        uint256 studySeed,
        uint256 patientSeed,
        uint256 recordSeed,
        uint256 faultSeed,
        uint256 callerSeed
    ) external {
        if (store.recordCount() == 0) return;
        uint256 place = _place(studySeed);
        address patient = _participant(place, patientSeed);
        StudyStore.Record memory record =
            recordSeed % 4 == 0
                ? store.recordAt((recordSeed / 4) % store.recordCount())
                : store.findRecord(place, recordSeed / 4, patient);
        if (callerSeed % 2 == 1) _consent(patient, store.studyAt(place).terms, 10 days);
        uint256 fault = faultSeed % 32;
        if (fault == 0) record.salt = keccak256(abi.encode(faultSeed));
        if (fault == 1) record.categories = Categories.wrap(2 ** 6);
        _contribute(place, record, callerSeed, fault > 1);
    }

    /// @notice A visit, mostly of somebody enrolled, by the steward.
    function recordMilestone(
        uint256 studySeed,
        uint256 patientSeed,
        uint256 milestoneSeed,
        uint256 callerSeed,
        uint256 twice
    ) external {
        uint256 place = _place(studySeed);
        address caller = _caller(store.studyAt(place).terms.steward, callerSeed);
        _record(place, _participant(place, patientSeed), milestoneSeed % 4, caller, twice);
    }

    function erase(uint256 recordSeed, uint256 rarity) external {
        if (rarity % 4 != 0 || store.recordCount() == 0) return;
        RecordKey[] memory keys = new RecordKey[](1);
        keys[0] = store.recordAt(recordSeed % store.recordCount()).key;
        _call(keys[0].patient, address(world.RECORDS()), abi.encodeCall(IRecordRegistry.erase, (keys)));
    }

    function _contribute(uint256 place, StudyStore.Record memory record, uint256 callerSeed, bool isTrue) internal {
        bool rightful =
            isTrue &&
                store.isRunning(place) &&
                _isEarning(place, record.key.patient) &&
                _isWanted(place, record) &&
                !store.isContributed(place, _id(record.key));
        bool isCovered = store.isCovered(place);
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(
                IStudyRewards.contribute,
                (RESEARCH.idOf(place), record.key, record.categories, record.salt)
            ),
            callerSeed
        );
        bool succeeded = _act(world.anyone(callerSeed), data);

        _judge(succeeded, rightful && !isTwice, isCovered);
        if (succeeded) store.contributed(place, record.key.patient, _id(record.key));
    }

    function _record(uint256 place, address patient, uint256 milestone, address caller, uint256 twice) internal {
        StudyTerms memory terms = store.studyAt(place).terms;
        bool rightful =
            store.isRunning(place) &&
                _isEarning(place, patient) &&
                _actsFor(caller, terms.steward) &&
                milestone < terms.milestones &&
                (store.personOf(place, patient).milestones >> milestone) % 2 == 0;
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(IStudyRewards.recordMilestone, (RESEARCH.idOf(place), patient, uint8(milestone))),
            twice
        );
        bool isCovered = store.isCovered(place);
        bool succeeded = _act(caller, data);

        _judge(succeeded, rightful && !isTwice, isCovered);
        if (succeeded) store.reached(place, patient, milestone);
    }

    /// @dev Counts what nothing but others' promises stood against.
    function _judge(bool succeeded, bool rightful, bool isCovered) internal {
        store.judge(succeeded, rightful && isCovered);
        if (rightful && !isCovered && !succeeded) store.uncovered();
    }

    /// @dev Mostly a study that credits its participants.
    function _place(uint256 seed) internal view returns (uint256) {
        return seed % 4 == 0 ? (seed / 4) % RESEARCH.STUDY_COUNT() : store.findRunning(seed / 4);
    }

    function _isEarning(uint256 place, address patient) internal view returns (bool) {
        StudyStore.Person memory person = store.personOf(place, patient);
        return person.status == Participation.Enrolled && person.earned < store.studyAt(place).terms.cap;
    }

    /// @dev There, of what the study asks, consented to, and of an author who is neither the patient nor the sponsor's, or
    /// became the sponsor's when people took part already.
    function _isWanted(uint256 place, StudyStore.Record memory record) internal view returns (bool) {
        StudyStore.Study memory study = store.studyAt(place);
        bool isAsked =
            Categories.unwrap(record.categories) & ~Categories.unwrap(study.terms.categories) == 0 &&
                _permits(record.key.patient, study.terms, record.categories);
        bool isAuthentic =
            world.RECORDS().digestOf(RecordId.wrap(_id(record.key))) != 0 &&
                record.key.author != record.key.patient &&
                !store.isSponsors(place, record.key.author);
        return isAsked && isAuthentic;
    }

    function _id(RecordKey memory key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }
}
