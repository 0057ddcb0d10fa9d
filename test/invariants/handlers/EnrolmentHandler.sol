// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IConsentRegistry} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {IStudyRewards, Participation} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Categories, RESEARCH_CATEGORY} from "../../../contracts/types/Categories.sol";
import {bound} from "../../Vm.sol";
import {ResearchMessages} from "../ResearchMessages.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Patients consent, enrol by what the investigator signed, change their minds and withdraw.
contract EnrolmentHandler is ResearchHandler {
    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = this.consent.selector;
        selectors[1] = this.enrol.selector;
        selectors[2] = this.revoke.selector;
        selectors[3] = this.withdraw.selector;
        selectors[4] = this.withdrawBySig.selector;
    }

    /// @notice Mostly to all a study asks, for hours or months.
    function consent(uint256 studySeed, uint256 patientSeed, uint256 maskSeed, uint256 untilSeed) external {
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        StudyTerms memory terms = store.studyAt(place).terms;
        if (maskSeed % 8 == 0) terms.categories = Categories.wrap(2 ** 5);
        _count(_consent(_participant(place, patientSeed), terms, uint40(bound(untilSeed, 1 hours, 60 days))));
    }

    function revoke(uint256 studySeed, uint256 patientSeed, uint256 rarity) external {
        if (rarity % 2 == 0) return;
        StudyTerms memory terms = store.studyAt(studySeed % RESEARCH.STUDY_COUNT()).terms;
        address patient = world.patient(patientSeed);
        // Now and then everything ends, the delegate too.
        bytes memory data =
            rarity % 16 == 1
                ? abi.encodeCall(IConsentRegistry.revokeAll, ())
                : abi.encodeCall(IConsentRegistry.revoke, (patient, terms.steward, terms.form));
        _call(patient, address(world.CONSENTS()), data);
    }

    /// @notice Half of the time who enrols consents first. The signer, the form, the deadline are now and then wrong.
    function enrol(
        uint256 studySeed,
        uint256 patientSeed,
        uint256 signerSeed,
        uint256 formSeed,
        uint256 consentSeed,
        uint256 twice
    ) external {
        uint256 place =
            studySeed % 4 == 0 ? (studySeed / 4) % RESEARCH.STUDY_COUNT() : store.findRecruiting(studySeed / 4);
        StudyTerms memory terms = store.studyAt(place).terms;
        address patient =
            patientSeed % 8 == 0
                ? world.patient(patientSeed / 8)
                : store.find(place, patientSeed / 8, Participation.None);
        if (consentSeed % 2 == 0) _consent(patient, terms, 30 days);
        // Before the first approval there is no steward, but there are those who would be.
        address steward = terms.steward == address(0) ? RESEARCH.stewards(0) : terms.steward;
        _enrol(place, patient, _caller(steward, signerSeed), formSeed % 16, twice);
    }

    function withdraw(uint256 studySeed, uint256 patientSeed, uint256 deciderSeed, uint256 rarity) external {
        // Rarely, because it is for good.
        if (rarity % 4 != 0) return;
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        address patient = _participant(place, patientSeed);
        address decider = world.decider(patient, deciderSeed);

        bool rightful = _mayWithdraw(place, patient, decider);
        bool succeeded = _act(decider, abi.encodeCall(IStudyRewards.withdraw, (RESEARCH.idOf(place), patient)));

        store.judge(succeeded, rightful);
        if (succeeded) store.withdrew(place, patient);
    }

    function withdrawBySig(
        uint256 studySeed,
        uint256 patientSeed,
        uint256 deciderSeed,
        uint256 relayerSeed,
        uint256 rarity
    ) external {
        if (rarity % 4 != 0) return;
        uint256 place = studySeed % RESEARCH.STUDY_COUNT();
        address patient = _participant(place, patientSeed);
        _withdraw(place, patient, world.decider(patient, deciderSeed), world.anyone(relayerSeed), (rarity / 4) % 8);
    }

    /// @dev Signed in time and for this study, but for two faults.
    function _withdraw(uint256 place, address patient, address decider, address relayer, uint256 fault) internal {
        uint256 deadline = block.timestamp - (fault == 0 ? 1 : 0);
        bytes32 message = ResearchMessages.withdraw(
            address(STUDIES),
            RESEARCH.idOf(fault == 1 ? (place + 1) % RESEARCH.STUDY_COUNT() : place),
            patient,
            deadline
        );

        bool rightful = _mayWithdraw(place, patient, decider) && fault > 1;
        bytes memory data = abi.encodeCall(
            IStudyRewards.withdrawBySig,
            (RESEARCH.idOf(place), patient, Authorization(decider, deadline), world.sign(decider, message))
        );
        bool succeeded = _act(relayer, data);

        store.judge(succeeded, rightful);
        if (succeeded) store.withdrew(place, patient);
    }

    /// @dev Signed in time and for this form, but for two faults; relayed by somebody, now and then twice at once.
    function _enrol(uint256 place, address patient, address signer, uint256 fault, uint256 twice) internal {
        StudyTerms memory terms = store.studyAt(place).terms;
        Authorization memory authorization = Authorization(signer, block.timestamp - (fault == 0 ? 1 : 0));
        bytes32 message = ResearchMessages.enrol(
            address(STUDIES),
            RESEARCH.idOf(place),
            patient,
            fault == 1 ? keccak256("another form") : terms.form,
            authorization.deadline
        );

        bool rightful =
            fault > 1 &&
                store.isRecruiting(place) &&
                store.personOf(place, patient).status == Participation.None &&
                _actsFor(signer, terms.steward) &&
                _permits(patient, terms, terms.categories);
        (bytes memory data, bool isTwice) = _twice(
            abi.encodeCall(
                IStudyRewards.enrol,
                (RESEARCH.idOf(place), patient, authorization, world.sign(signer, message))
            ),
            twice
        );
        bool succeeded = _act(world.anyone(twice), data);

        store.judge(succeeded, rightful && !isTwice);
        if (succeeded) store.enrolled(place, patient);
    }

    function _mayWithdraw(uint256 place, address patient, address decider) internal view returns (bool) {
        return
            store.personOf(place, patient).status == Participation.Enrolled &&
            world.CONSENTS().mayDecide(patient, decider, RESEARCH_CATEGORY);
    }
}
