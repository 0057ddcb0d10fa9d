// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {Participation} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {RecordKey} from "../../../contracts/types/RecordKey.sol";
import {StudyId, StudyKey} from "../../../contracts/types/Study.sol";
import {ResearchWorld} from "../ResearchWorld.sol";

/// @notice What an accountant would write down: every study's money as it came and went, everybody who takes part, every
/// credit, and who is on whose staff. What participants earned together is added up anew each time.
contract StudyStore {
    struct Study {
        StudyId id;
        StudyKey key;
        /// In force, and those that wait for a board, if any.
        StudyTerms terms;
        StudyTerms proposed;
        bool isWaiting;
        uint16 version;
        address board;
        uint40 approvedUntil;
        bool isSuspended;
        bool isClosed;
        /// Whether all that the terms in force promise came, and when all that terms promised came first.
        bool isFunded;
        uint256 openedAt;
        bool isRefunded;
        uint96 highestCap;
        uint256 resultsAt;
        /// Whoever did, withdrawn or not.
        uint256 enrolled;
        uint256 came;
        uint256 refunded;
        uint256 paid;
    }

    struct Person {
        Participation status;
        uint256 earned;
        uint256 paid;
        uint256 milestones;
    }

    struct Membership {
        uint256 since;
        uint256 until;
    }

    struct Record {
        RecordKey key;
        Categories categories;
        bytes32 salt;
    }

    /// @notice How many payments reached participants, and how many of them although something had ended.
    struct Payments {
        uint256 all;
        uint256 suspended;
        uint256 unapproved;
        uint256 unlicensed;
        uint256 refunded;
        uint256 withdrawn;
    }

    /// @notice What came of terms: amendments adopted, seats they closed, prolongations while others waited, credits before an
    /// amendment was funded and those refused for it alone, and refunds.
    struct Turns {
        uint256 amendments;
        uint256 seatsClosed;
        uint256 prolongations;
        uint256 covered;
        uint256 uncovered;
        uint256 refunds;
    }

    ResearchWorld internal immutable RESEARCH;

    /// @notice Orders what happened.
    uint256 public step;

    /// @notice Actions that went through without a right to.
    uint256 public trespassed;

    /// @notice Actions that were refused although nothing stood against them.
    uint256 public refused;

    /// @notice Payments of another amount than was right, or to or from another's purse.
    uint256 public mispaid;

    /// @notice Records that were credited in the same study before.
    uint256 public creditedTwice;

    /// @notice Contributions and milestones that were credited.
    uint256 public contributions;
    uint256 public milestones;

    /// @notice How often each reason was the answer.
    mapping(bytes4 reason => uint256) public refusalsOf;

    Payments internal _payments;

    Turns internal _turns;

    Study[4] internal _studies;

    Record[] internal _records;

    mapping(uint256 study => mapping(address patient => Person)) internal _people;
    mapping(uint256 study => mapping(bytes32 record => bool)) public isContributed;
    mapping(uint256 study => bytes32[]) internal _forms;
    mapping(address organisation => mapping(address member => Membership)) internal _memberships;

    constructor(ResearchWorld inhabited) {
        RESEARCH = inhabited;
        for (uint256 i; i < _studies.length; ++i) {
            (_studies[i].id, _studies[i].key) = (inhabited.idOf(i), inhabited.keyOf(i));
        }
        hired(inhabited.sponsors(0), inhabited.MONITOR(), type(uint40).max);
        hired(inhabited.stewards(0), inhabited.COORDINATOR(), type(uint40).max);
        hired(inhabited.boards(0), inhabited.SECRETARY(), type(uint40).max);
        hired(inhabited.sponsors(1), inhabited.SECRETARY(), type(uint40).max);
    }

    /* WHAT HAPPENED */

    function judge(bool succeeded, bool rightful) external {
        ++step;
        if (succeeded && !rightful) ++trespassed;
        if (!succeeded && rightful) ++refused;
    }

    function refuse(bytes4 reason) external {
        ++refusalsOf[reason];
    }

    function mispay() external {
        ++mispaid;
    }

    /// @notice Somebody is on the staff from now on, or goes on being.
    function hired(address organisation, address member, uint256 until) public {
        Membership storage membership = _memberships[organisation][member];
        if (block.timestamp >= membership.until) membership.since = block.timestamp;
        membership.until = until;
    }

    function proposed(uint256 study, StudyTerms calldata terms) external {
        (_studies[study].proposed, _studies[study].isWaiting) = (terms, true);
    }

    function adopted(uint256 place) external {
        Study storage study = _studies[place];
        if (study.version != 0) ++_turns.amendments;
        _turns.seatsClosed += seatsLeftOf(place);
        (study.terms, study.isWaiting, study.isFunded) = (study.proposed, false, false);
        ++study.version;
        if (study.terms.cap > study.highestCap) study.highestCap = study.terms.cap;
        _forms[place].push(study.terms.form);
    }

    /// @notice Approved until a time, which does not end a suspension.
    function approved(uint256 place, address board, uint40 until) external {
        Study storage study = _studies[place];
        if (study.isWaiting) ++_turns.prolongations;
        (study.board, study.approvedUntil) = (board, until);
    }

    function suspended(uint256 study, bool isSuspended) external {
        _studies[study].isSuspended = isSuspended;
    }

    function approvalEnded(uint256 study) external {
        _studies[study].approvedUntil = uint40(block.timestamp);
    }

    function closed(uint256 study) external {
        _studies[study].isClosed = true;
    }

    function published(uint256 study) external {
        _studies[study].resultsAt = block.timestamp;
    }

    function came(uint256 place, uint256 amount, bool isWhole) external {
        Study storage study = _studies[place];
        study.came += amount;
        if (!isWhole) return;
        (study.isFunded, study.isRefunded) = (true, false);
        if (study.openedAt == 0) study.openedAt = block.timestamp;
    }

    function refunded(uint256 study, uint256 amount) external {
        _studies[study].refunded += amount;
        _studies[study].isRefunded = true;
        ++_turns.refunds;
    }

    /// @notice A credit was refused, for nothing but what would be missing for others.
    function uncovered() external {
        ++_turns.uncovered;
    }

    function enrolled(uint256 study, address patient) external {
        _people[study][patient].status = Participation.Enrolled;
        ++_studies[study].enrolled;
    }

    function withdrew(uint256 study, address patient) external {
        _people[study][patient].status = Participation.Withdrawn;
    }

    function contributed(uint256 study, address patient, bytes32 record) external {
        if (isContributed[study][record]) ++creditedTwice;
        isContributed[study][record] = true;
        _credit(study, patient, _studies[study].terms.reward);
        ++contributions;
    }

    function reached(uint256 study, address patient, uint256 milestone) external {
        _people[study][patient].milestones |= 1 << milestone;
        _credit(study, patient, _studies[study].terms.milestoneReward);
        ++milestones;
    }

    function paid(uint256 place, address patient, uint256 amount, bool isLicensed) external {
        Study storage study = _studies[place];
        study.paid += amount;
        _people[place][patient].paid += amount;
        if (amount == 0) return;
        ++_payments.all;
        if (study.isSuspended) ++_payments.suspended;
        if (block.timestamp >= study.approvedUntil) ++_payments.unapproved;
        if (!isLicensed) ++_payments.unlicensed;
        if (study.isRefunded) ++_payments.refunded;
        if (_people[place][patient].status == Participation.Withdrawn) ++_payments.withdrawn;
    }

    function anchored(Record calldata record) external {
        _records.push(record);
    }

    /* WHAT IS SO */

    function studyAt(uint256 study) external view returns (Study memory) {
        return _studies[study];
    }

    function personOf(uint256 study, address patient) external view returns (Person memory) {
        return _people[study][patient];
    }

    function payments() external view returns (Payments memory) {
        return _payments;
    }

    function turns() external view returns (Turns memory) {
        return _turns;
    }

    /// @notice A form that was in force once; none before the first.
    function usedForm(uint256 study, uint256 seed) external view returns (bytes32) {
        uint256 count = _forms[study].length;
        return count == 0 ? bytes32(0) : _forms[study][seed % count];
    }

    /// @notice Whether a form was ever in force.
    function isUsed(uint256 study, bytes32 form) external view returns (bool) {
        for (uint256 i; i < _forms[study].length; ++i) if (_forms[study][i] == form) return true;
        return false;
    }

    /// @notice Whether somebody is an organisation, or on its staff now.
    function actsFor(address actor, address organisation) public view returns (bool) {
        return actor == organisation || block.timestamp < _memberships[organisation][actor].until;
    }

    /// @notice Whether somebody is a study's sponsor, or on its staff since before anybody could enrol.
    function isSponsors(uint256 place, address actor) external view returns (bool) {
        Study storage study = _studies[place];
        address sponsor = study.key.sponsor;
        bool isEarly = _memberships[sponsor][actor].since <= study.openedAt;
        return actor == sponsor || (actsFor(actor, sponsor) && isEarly);
    }

    /// @notice What all participants earned.
    function creditedOf(uint256 study) public view returns (uint256 sum) {
        uint256 count = RESEARCH.patientCount();
        for (uint256 i; i < count; ++i) sum += _people[study][RESEARCH.patients(i)].earned;
    }

    /// @notice What the sponsor may have back.
    function freeOf(uint256 place) public view returns (uint256) {
        Study storage study = _studies[place];
        return study.came - study.refunded - creditedOf(place);
    }

    /// @notice What must still come before the terms in force are funded.
    function missingOf(uint256 place) external view returns (uint256) {
        Study storage study = _studies[place];
        uint256 seats = study.enrolled > study.terms.capacity ? study.enrolled : study.terms.capacity;
        uint256 promised = seats * study.terms.cap;
        uint256 there = study.came - study.refunded;
        return promised > there ? promised - there : 0;
    }

    /// @notice How many more may enrol under the terms in force.
    function seatsLeftOf(uint256 place) public view returns (uint256) {
        Study storage study = _studies[place];
        if (!study.isFunded || study.enrolled >= study.terms.capacity) return 0;
        return study.terms.capacity - study.enrolled;
    }

    /// @notice Whether somebody may be credited without taking what others who enrolled were promised.
    function isCovered(uint256 place) public view returns (bool) {
        Study storage study = _studies[place];
        return study.isFunded || study.enrolled * study.terms.cap <= study.came - study.refunded;
    }

    /// @notice What those enrolled, and those who still may, can still earn under the terms in force.
    function potentialOf(uint256 place) external view returns (uint256 sum) {
        Study storage study = _studies[place];
        if (!isCovered(place) || block.timestamp >= study.terms.endsAt) return 0;
        sum = seatsLeftOf(place) * study.terms.cap;
        uint256 count = RESEARCH.patientCount();
        for (uint256 i; i < count; ++i) {
            Person storage person = _people[place][RESEARCH.patients(i)];
            if (person.status == Participation.Enrolled) sum += study.terms.cap - person.earned;
        }
    }

    /// @notice Whether it is approved now and goes on.
    function isApproved(uint256 place) public view returns (bool) {
        Study storage study = _studies[place];
        return study.version != 0 && !study.isSuspended && block.timestamp < study.approvedUntil;
    }

    /// @notice Whether it credits its participants, once what those enrolled can earn is there.
    function isRunning(uint256 place) public view returns (bool) {
        return isApproved(place) && block.timestamp < _studies[place].terms.endsAt;
    }

    /// @notice Whether anybody may enrol.
    function isRecruiting(uint256 place) public view returns (bool) {
        Study storage study = _studies[place];
        bool isOpen = !study.isClosed && block.timestamp < study.terms.enrolUntil;
        return isOpen && isApproved(place) && seatsLeftOf(place) != 0;
    }

    function recordCount() external view returns (uint256) {
        return _records.length;
    }

    function recordAt(uint256 index) external view returns (Record memory) {
        return _records[index];
    }

    /// @notice From a random study on, the first that runs; else any.
    function findRunning(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            if (isRunning(place)) return place;
        }
    }

    /// @notice From a random study on, the first that recruits; else any.
    function findRecruiting(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            if (isRecruiting(place)) return place;
        }
    }

    /// @notice From a random study on, the first whose terms lack money; else any.
    function findUnfunded(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            if (_studies[place].version != 0 && !_studies[place].isFunded) return place;
        }
    }

    /// @notice From a random study on, the first whose sponsor may have something back; else any.
    function findRefundable(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            bool isOver = _studies[place].version != 0 && block.timestamp >= _studies[place].terms.refundAt;
            if (isOver && freeOf(place) != 0) return place;
        }
    }

    /// @notice From a random study on, the first in which nobody enrols any more; else any.
    function findOver(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            if (block.timestamp >= _studies[place].terms.enrolUntil) return place;
        }
    }

    /// @notice From a random study on, the first that waits for a board; else any.
    function findUnapproved(uint256 seed) external view returns (uint256 place) {
        for (uint256 i; i < _studies.length; ++i) {
            place = ((seed % 4) + i) % 4;
            bool isOver = block.timestamp >= _studies[place].approvedUntil;
            if (_studies[place].isWaiting || isOver) return place;
        }
    }

    /// @notice From a random patient on, the first who takes part so; else any.
    function find(uint256 study, uint256 seed, Participation status) external view returns (address patient) {
        uint256 count = RESEARCH.patientCount();
        for (uint256 i; i < count; ++i) {
            patient = RESEARCH.patients(((seed % count) + i) % count);
            if (_people[study][patient].status == status) return patient;
        }
    }

    /// @notice From a random patient on, the first who is owed something; else any.
    function findOwed(uint256 study, uint256 seed) external view returns (address patient) {
        uint256 count = RESEARCH.patientCount();
        for (uint256 i; i < count; ++i) {
            patient = RESEARCH.patients(((seed % count) + i) % count);
            if (_people[study][patient].earned > _people[study][patient].paid) return patient;
        }
    }

    /// @notice From a random record on, the first of a patient that was not contributed; else any.
    function findRecord(uint256 study, uint256 seed, address patient) external view returns (Record memory record) {
        for (uint256 i; i < _records.length; ++i) {
            record = _records[((seed % _records.length) + i) % _records.length];
            bytes32 id = keccak256(abi.encode(record.key));
            if (record.key.patient == patient && !isContributed[study][id]) return record;
        }
    }

    /// @dev Up to the cap.
    function _credit(uint256 study, address patient, uint256 reward) internal {
        Person storage person = _people[study][patient];
        uint256 left = _studies[study].terms.cap - person.earned;
        person.earned += reward < left ? reward : left;
        if (!_studies[study].isFunded) ++_turns.covered;
    }
}
