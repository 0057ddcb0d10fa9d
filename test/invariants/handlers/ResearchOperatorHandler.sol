// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {IAccreditation} from "../../../contracts/accreditation/interfaces/IAccreditation.sol";
import {IRewardDistributor} from "../../../contracts/research/interfaces/IRewardDistributor.sol";
import {IStudyRegistry} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {IStudyRewards} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {RewardDistributor} from "../../../contracts/research/RewardDistributor.sol";
import {RewardToken} from "../../../contracts/research/RewardToken.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {StudyId} from "../../../contracts/types/Study.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice The admin and its accreditors: take licences and give them back, shut what they can, and act for others.
contract ResearchOperatorHandler is ResearchHandler {
    RewardDistributor internal immutable DISTRIBUTOR;

    /// @notice Actions of theirs after which something somebody is owed was not as before.
    uint256 public changed;

    /// @notice Times the admin passed for a sponsor, a board, a steward, a participant or a publisher.
    uint256 public impersonated;

    /// @dev Whatever is done in between, nobody is owed anything else after it.
    modifier keeping() {
        bytes32 before = _owed();
        _;
        if (_owed() != before) ++changed;
    }

    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {
        DISTRIBUTOR = inhabited.DISTRIBUTOR();
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = this.restore.selector;
        selectors[1] = this.suspendLicence.selector;
        selectors[2] = this.dismiss.selector;
        selectors[3] = this.shut.selector;
        selectors[4] = this.impersonate.selector;
    }

    /// @notice Rarely takes a sponsor's or a board's licence.
    function suspendLicence(uint256 whoSeed, uint256 rarity) external keeping {
        if (rarity % 2 == 0) return;
        (address participant, Role role) = whoSeed % 2 == 0
            ? (RESEARCH.sponsor(whoSeed / 2), Role.Researcher)
            : (RESEARCH.board(whoSeed / 2), Role.EthicsBoard);
        _call(
            world.accreditors(0),
            address(world.ACCREDITATION()),
            abi.encodeCall(IAccreditation.suspend, (participant, role))
        );
    }

    /// @notice Rarely takes a whole role's licences, with their accreditor.
    function dismiss(uint256 roleSeed, uint256 rarity) external keeping {
        if (rarity % 8 != 0) return;
        _setAccreditor(roleSeed % 2 == 0 ? Role.Researcher : Role.EthicsBoard, false);
    }

    /// @notice Gives all licences back.
    function restore() external keeping {
        _setAccreditor(Role.Researcher, true);
        _setAccreditor(Role.EthicsBoard, true);
        for (uint256 i; i < 5; ++i) {
            (address participant, Role role) = i < 2
                ? (RESEARCH.sponsors(i), Role.Researcher)
                : (RESEARCH.boards(i - 2), Role.EthicsBoard);
            _call(
                world.accreditors(0),
                address(world.ACCREDITATION()),
                abi.encodeCall(IAccreditation.reinstate, (participant, role))
            );
        }
    }

    /// @notice Closes or opens all it can for all but the admin of its manager, and gives exits to a role nobody has.
    function shut(uint256 closed) external keeping {
        address manager = address(world.MANAGER());
        bytes4[] memory exits = new bytes4[](3);
        (exits[0], exits[1]) = (IStudyRewards.claim.selector, IStudyRewards.withdraw.selector);
        exits[2] = IRewardDistributor.claim.selector;
        address[3] memory targets = [address(STUDIES), address(DISTRIBUTOR), address(RESEARCH.POINTS())];
        for (uint256 i; i < 3; ++i) {
            _call(
                world.ADMIN(),
                manager,
                abi.encodeCall(IAccessManager.setTargetFunctionRole, (targets[i], exits, uint64(closed % 4)))
            );
            _call(
                world.ADMIN(),
                manager,
                abi.encodeCall(IAccessManager.setTargetClosed, (targets[i], closed % 8 == 0))
            );
        }
        _call(world.ADMIN(), address(RESEARCH.POINTS()), abi.encodeCall(RewardToken.mint, (RESEARCH.sponsors(0), 1)));
    }

    /// @notice Tries what is another's, by itself or through its manager.
    function impersonate(
        uint256 choice,
        uint256 studySeed,
        uint256 patientSeed,
        uint256 throughManager
    ) external keeping {
        StudyStore.Study memory study = store.studyAt(studySeed % RESEARCH.STUDY_COUNT());
        (address target, bytes memory data) = _anothers(choice % 9, study, world.patient(patientSeed));

        bool succeeded =
            throughManager % 2 == 0
                ? _call(world.ADMIN(), target, data)
                : _call(
                    world.ADMIN(),
                    address(world.MANAGER()),
                    abi.encodeCall(IAccessManager.execute, (target, data))
                );

        if (succeeded) ++impersonated;
        // Being refused is what this action is for.
        ++successesOf[msg.sig];
    }

    function _setAccreditor(Role role, bool allowed) internal {
        _call(
            world.ADMIN(),
            address(world.ACCREDITATION()),
            abi.encodeCall(IAccreditation.setAccreditor, (role, world.accreditors(0), allowed))
        );
    }

    function _anothers(
        uint256 choice,
        StudyStore.Study memory study,
        address patient
    ) internal view returns (address, bytes memory) {
        if (choice == 0) return (address(STUDIES), abi.encodeCall(IStudyRewards.refund, (study.key)));
        if (choice == 1) return (address(STUDIES), abi.encodeCall(IStudyRewards.withdraw, (study.id, patient)));
        if (choice == 2)
            return (address(STUDIES), abi.encodeCall(IStudyRewards.recordMilestone, (study.id, patient, 0)));
        if (choice == 3) return (address(STUDIES), abi.encodeCall(IStudyRegistry.propose, (study.key, study.proposed)));
        if (choice == 4) return (address(STUDIES), abi.encodeCall(IStudyRegistry.setSuspended, (study.id, true, 0)));
        if (choice == 5) return (address(STUDIES), abi.encodeCall(IStudyRegistry.setSuspended, (study.id, false, 0)));
        if (choice == 6) return (address(STUDIES), abi.encodeCall(IStudyRegistry.close, (study.key)));
        if (choice == 7) {
            bytes32 termsHash = STUDIES.proposedHashOf(study.id);
            bytes memory data = abi.encodeCall(
                IStudyRegistry.approve,
                (study.id, study.board, termsHash, type(uint40).max)
            );
            return (address(STUDIES), data);
        }
        return (address(DISTRIBUTOR), abi.encodeCall(IRewardDistributor.reclaim, (DISTRIBUTOR.roundCount())));
    }

    /// @dev All that anybody is owed or counts on: studies, books, participants and rounds.
    function _owed() internal view returns (bytes32 owed) {
        StudyId[] memory ids = new StudyId[](RESEARCH.STUDY_COUNT());
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = RESEARCH.idOf(i);
            owed = keccak256(
                abi.encode(owed, STUDIES.studyOf(ids[i]), STUDIES.booksOf(ids[i]), STUDIES.termsOf(ids[i]))
            );
        }
        uint256 people = world.patientCount();
        for (uint256 i; i < people; ++i) {
            address patient = world.patients(i);
            for (uint256 j; j < ids.length; ++j) {
                owed = keccak256(abi.encode(owed, STUDIES.participantOf(ids[j], patient)));
            }
        }
        uint256 count = DISTRIBUTOR.roundCount();
        for (uint256 i; i < count; ++i) owed = keccak256(abi.encode(owed, DISTRIBUTOR.roundOf(i + 1)));
    }
}
