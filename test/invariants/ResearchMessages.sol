// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {StudyId} from "../../contracts/types/Study.sol";
import {Messages} from "./Messages.sol";

/// @notice The EIP-712 hash of every message about studies, written from the interfaces and not from the contracts.
library ResearchMessages {
    function enrol(
        address studies,
        StudyId study,
        address participant,
        bytes32 form,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("EnrolParticipant(bytes32 study,address participant,bytes32 form,uint256 deadline)");
        return _typed(studies, abi.encode(kind, study, participant, form, deadline));
    }

    function withdraw(
        address studies,
        StudyId study,
        address participant,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("WithdrawParticipant(bytes32 study,address participant,uint256 deadline)");
        return _typed(studies, abi.encode(kind, study, participant, deadline));
    }

    function _typed(address studies, bytes memory message) private view returns (bytes32) {
        return Messages.typed("Aceso StudyRewards", studies, message);
    }
}
